import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const run = promisify(execFile)
/** A user to whom the limit of processes applies, as it does not to root. */
const UNPRIVILEGED = 65_529
const CGROUPS = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup']

/** A limit of the processes and threads of a service. */
export interface ProcessLimit {
  /** Returns the command that starts a program under the limit, which is none at first. */
  readonly wrap: (...command: string[]) => string[]
  /** Leaves the service with `pid` so many processes and threads in addition to those that it has. */
  readonly leave: (pid: number, more: number) => Promise<void>
  readonly lift: (pid: number) => Promise<void>
}

/**
 * Finds a way to limit processes: a cgroup, or else RLIMIT_NPROC.
 *
 * @returns the reason if this machine has neither
 */
export async function findProcessLimit (t: Test): Promise<ProcessLimit | string> {
  if (process.platform !== 'linux') return 'limits processes as Linux does'
  for (const root of CGROUPS) {
    const cgroup = join(root, `posterframe-test-${process.pid}`)
    const isMade = await mkdir(cgroup).then(
      () => true,
      () => false
    )
    if (!isMade) continue
    // It can be removed once its last process is gone.
    t.teardown(async () => {
      while ((await readFile(join(cgroup, 'cgroup.procs'), 'utf8')) !== '') await new Promise(setImmediate)
      await rmdir(cgroup)
    })
    if (existsSync(join(cgroup, 'pids.max'))) return limitByCgroup(cgroup)
  }
  return await limitByUser()
}

function limitByCgroup (cgroup: string): ProcessLimit {
  const write = (limit: string) => writeFile(join(cgroup, 'pids.max'), limit)
  const enter = 'echo $$ > "$1" && shift && exec "$@"'
  return {
    wrap: (...command) => ['/bin/sh', '-c', enter, 'sh', join(cgroup, 'cgroup.procs'), ...command],
    leave: async (_pid, more) => {
      const current = Number(await readFile(join(cgroup, 'pids.current'), 'utf8'))
      await write(String(current + more))
    },
    lift: () => write('max')
  }
}

async function limitByUser (): Promise<ProcessLimit | string> {
  const user = process.getuid?.() ?? UNPRIVILEGED
  const drop = user === 0 ? ['setpriv', `--reuid=${UNPRIVILEGED}`, '--clear-groups', '--'] : []
  const [program = '', ...probe] = [...drop, 'prlimit', '--nproc=1:', process.execPath, '-e', '']
  const works = await run(program, probe).then(
    () => true,
    (error: { code: unknown }) => error.code === 'ENOENT'
  )
  if (works) return 'this machine has neither a writable cgroup nor a limit of processes that has an effect'
  const limit = async (pid: number, value: string) => {
    const [changer = '', ...args] = [...drop, 'prlimit', `--pid=${pid}`, `--nproc=${value}:`]
    await run(changer, args)
  }
  return {
    wrap: (...command) => [...drop, ...command],
    leave: async (pid, more) => {
      await limit(pid, String((await countTasks(user === 0 ? UNPRIVILEGED : user)) + more))
    },
    lift: async (pid) => {
      await limit(pid, 'unlimited').catch(() => limit(pid, '4096'))
    }
  }
}

/** Counts the threads of all processes of a user. */
async function countTasks (user: number): Promise<number> {
  let count = 0
  for (const entry of await readdir('/proc')) {
    const status = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '') : ''
    const [, owner] = /^Uid:\s+(\d+)/m.exec(status) ?? []
    if (Number(owner) === user) count += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 1)
  }
  return count
}
