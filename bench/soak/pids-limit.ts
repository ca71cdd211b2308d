import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A limit on the processes and threads of the service. */
export interface PidsLimit {
  readonly description: string
  lift(): Promise<void>
}

/** Where the pids controller of cgroups is: version 1, then version 2. */
const CONTROLLERS = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup']

/**
 * Lets a running process and its descendants have `room` more processes and threads than they have now: with a cgroup
 * for root, which RLIMIT_NPROC does not limit, and with RLIMIT_NPROC otherwise.
 *
 * @returns the reason if this machine allows neither
 */
export async function limitPids (pid: number, room: number): Promise<PidsLimit | string> {
  if (process.getuid?.() === 0) return await limitByCgroup(pid, room)
  const limit = (await countThreadsOfUser(pid)) + room
  const setLimit = (value: string) => run('prlimit', ['--pid', String(pid), `--nproc=${value}`])
  try {
    const { stdout } = await run('prlimit', ['--pid', String(pid), '--nproc', '--output=SOFT', '--noheadings'])
    // The hard limit stays, so that it can be lifted.
    await setLimit(`${limit}:`)
    return {
      description: `an RLIMIT_NPROC of ${limit}`,
      async lift () {
        await setLimit(`${stdout.trim()}:`)
      }
    }
  } catch (error) {
    return `RLIMIT_NPROC could not be set: ${(error as Error).message}`
  }
}

async function limitByCgroup (pid: number, room: number): Promise<PidsLimit | string> {
  const parent = CONTROLLERS.find((path) => existsSync(join(path, 'cgroup.procs')))
  if (parent === undefined) return 'there is no cgroup with the pids controller, and RLIMIT_NPROC does not limit root'
  const group = join(parent, `posterframe-soak-${process.pid}`)
  try {
    await mkdir(group)
    await writeFile(join(group, 'cgroup.procs'), String(pid))
    const limit = Number(await readFile(join(group, 'pids.current'), 'utf8')) + room
    await writeFile(join(group, 'pids.max'), String(limit))
    return {
      description: `a pids limit of ${limit} by cgroup`,
      async lift () {
        await writeFile(join(group, 'pids.max'), 'max')
        // Those of ended processes are gone a moment later.
        const members = (await readFile(join(group, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean)
        for (const member of members) await writeFile(join(parent, 'cgroup.procs'), member).catch(() => {})
        await rmdir(group).catch(() => {})
      }
    }
  } catch (error) {
    await rmdir(group).catch(() => {})
    return `no cgroup could be made: ${(error as Error).message}`
  }
}

async function countThreadsOfUser (pid: number): Promise<number> {
  const { uid } = await stat(`/proc/${pid}`)
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const counts = await Promise.all(
    processes.map(async (name) => {
      try {
        return (await stat(`/proc/${name}`)).uid === uid ? (await readdir(`/proc/${name}/task`)).length : 0
      } catch {
        return 0
      }
    })
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
