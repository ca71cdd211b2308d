import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** What one run of a program took, its children included. */
export interface ProgramCost {
  readonly ms: number
  readonly cpuSeconds: number
  readonly peakBytes: number
  /** Whether it was stopped because it took too long. */
  readonly isTimedOut: boolean
}

/**
 * Runs a program under GNU time, which takes CPU and peak memory from the kernel's own account of the ended process.
 *
 * @throws Error with what the program said where it failed
 */
export async function runMeasured (
  program: string,
  args: readonly string[],
  { directory, patienceSeconds = 600 }: { readonly directory: string, readonly patienceSeconds?: number }
): Promise<ProgramCost> {
  const report = join(directory, `cost-${process.hrtime.bigint()}`)
  const startMs = performance.now()
  const child = spawn('/usr/bin/time', ['-q', '-f', '%U %S %M', '-o', report, program, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000)
  })
  let isTimedOut = false
  // GNU time itself does not mind an interrupt, so it still writes its account.
  const timer = setTimeout(() => {
    isTimedOut = true
    process.kill(-(child.pid ?? 0), 'SIGINT')
  }, patienceSeconds * 1000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  const ms = performance.now() - startMs
  if (code !== 0 && !isTimedOut) {
    throw new Error(hideQueries(`${program} ${args.join(' ')} ended with ${code}: ${said.trim()}`))
  }
  const [user = NaN, system = NaN, peakKibibytes = NaN] =
    (await readFile(report, 'utf8')).trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
  await rm(report)
  return { ms, cpuSeconds: user + system, peakBytes: peakKibibytes * 1024, isTimedOut }
}

/** A signed URL is long, and of no use to whoever reads the page. */
function hideQueries (text: string): string {
  return text.replace(/(https?:[^\s?]+)\?\S+/g, '$1?...')
}

/** The kernel's ticks per second in /proc; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** CPU seconds of a process so far, its ended children included; a hundredth is the finest that the kernel tells. */
export async function readCpuSeconds (pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name may hold spaces and brackets; utime is the 14th field, the 12th after it.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND
}

/** As `readCpuSeconds`, with its children that live. */
export async function readFamilyCpuSeconds (pid: number): Promise<number> {
  const children = await Promise.all(
    (await listChildren(pid)).map(async (child) => await readCpuSeconds(child).catch(() => 0))
  )
  return children.reduce((sum, seconds) => sum + seconds, await readCpuSeconds(pid))
}

/** The most memory that a process had, and the most that each of its living children had. */
export async function readFamilyPeakBytes (pid: number): Promise<number> {
  return (await readPeakBytes(pid)) + (await measureChildren(pid))
}

/** The most memory a process had since it started or since `forgetPeak`. */
export async function readPeakBytes (pid: number): Promise<number> {
  const [, kibibytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

/** Lets a process's peak begin anew. */
export async function forgetPeak (pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5')
}

/** What was seen while something ran. */
export interface Sight {
  /** The most that lay in the directory at once. */
  readonly scratchBytes: number
  /** The most memory that the children of the process had together. */
  readonly childrenPeakBytes: number
}

/** Looks every few milliseconds, which costs time, so nothing that is watched is also timed. */
export async function watch (pid: number, scratch: string, task: () => Promise<unknown>): Promise<Sight> {
  const state = { isOver: false }
  let [scratchBytes, childrenPeakBytes] = [0, 0]
  const running = task().finally(() => {
    state.isOver = true
  })
  while (!state.isOver) {
    scratchBytes = Math.max(scratchBytes, await measureDirectory(scratch))
    childrenPeakBytes = Math.max(childrenPeakBytes, await measureChildren(pid))
    await delay(2)
  }
  await running
  return { scratchBytes, childrenPeakBytes }
}

async function measureDirectory (directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(
        async ({ parentPath, name }) =>
          await stat(join(parentPath, name)).then(
            ({ size }) => size,
            () => 0
          )
      )
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function measureChildren (pid: number): Promise<number> {
  const peaks = await Promise.all(
    (await listChildren(pid)).map(async (child) => await readPeakBytes(child).catch(() => 0))
  )
  return peaks.reduce((sum, bytes) => sum + bytes, 0)
}

async function listChildren (pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(
    threads.map(async (thread) => await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
  )
  return lists.join(' ').split(/\s+/).filter(Boolean).map(Number)
}
