import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** The cost of one run of a program, including its children. */
export interface ProgramCost {
  readonly ms: number
  readonly cpuSeconds: number
  readonly peakBytes: number
  /** True if the program was stopped at the time limit. */
  readonly isTimedOut: boolean
}

/**
 * Runs a program under GNU time, which reads CPU time and peak memory from the kernel's accounting of the ended
 * process.
 *
 * @throws Error with the program's standard error if it fails
 */
export async function runMeasured (
  program: string,
  args: readonly string[],
  { directory, timeoutSeconds = 600 }: { readonly directory: string, readonly timeoutSeconds?: number }
): Promise<ProgramCost> {
  const report = join(directory, `cost-${process.hrtime.bigint()}`)
  const startMs = performance.now()
  const child = spawn('/usr/bin/time', ['-q', '-f', '%U %S %M', '-o', report, program, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-2000)
  })
  let isTimedOut = false
  // GNU time ignores SIGINT itself, so it still writes its report.
  const timer = setTimeout(() => {
    isTimedOut = true
    process.kill(-(child.pid ?? 0), 'SIGINT')
  }, timeoutSeconds * 1000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  const ms = performance.now() - startMs
  if (code !== 0 && !isTimedOut) {
    throw new Error(removeQueries(`${program} ${args.join(' ')} ended with ${code}: ${stderr.trim()}`))
  }
  const [user = NaN, system = NaN, peakKibibytes = NaN] =
    (await readFile(report, 'utf8')).trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
  await rm(report)
  return { ms, cpuSeconds: user + system, peakBytes: peakKibibytes * 1024, isTimedOut }
}

/** Shortens signed URLs, which are long and useless in a log. */
function removeQueries (text: string): string {
  return text.replace(/(https?:[^\s?]+)\?\S+/g, '$1?...')
}

/** The kernel's ticks per second in /proc; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Returns the CPU seconds of a process and of its ended children so far, to a hundredth. */
export async function readCpuSeconds (pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The process name may contain spaces and parentheses; utime is the 14th field, the 12th after the name.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND
}

/** Returns the CPU seconds of a process, its ended children and its live children. */
export async function readFamilyCpuSeconds (pid: number): Promise<number> {
  const children = await Promise.all(
    (await listChildren(pid)).map(async (child) => await readCpuSeconds(child).catch(() => 0))
  )
  return children.reduce((sum, seconds) => sum + seconds, await readCpuSeconds(pid))
}

/** Returns the peak memory of a process plus that of each of its live children. */
export async function readFamilyPeakBytes (pid: number): Promise<number> {
  return (await readPeakBytes(pid)) + (await measureChildren(pid))
}

/** Returns the peak memory of a process since its start or since `resetPeak`. */
export async function readPeakBytes (pid: number): Promise<number> {
  const [, kibibytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

/** Resets the peak memory of a process to what it uses now. */
export async function resetPeak (pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5')
}

/** Peaks observed while a task ran. */
export interface Observation {
  /** Largest total size of the files in the directory. */
  readonly scratchBytes: number
  /** Largest memory of all children of the process together. */
  readonly childrenPeakBytes: number
}

/** Polls a process and its scratch directory while a task runs. Polling takes time, so no observed task is timed. */
export async function observe (pid: number, scratch: string, task: () => Promise<unknown>): Promise<Observation> {
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
