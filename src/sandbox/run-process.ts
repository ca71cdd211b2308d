import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Isolation, ProcessEnd, View } from './isolation.ts'
import { readLines } from './read-lines.ts'

/** Time between SIGTERM and SIGKILL, in milliseconds. */
const KILL_AFTER_MS = 500
const STDERR_TAIL_BYTES = 8192

/** Kernel limits of a process (setrlimit(2)); above them the process is killed or its allocations and writes fail. */
export interface ProcessLimits {
  readonly cpuSeconds: number
  /** Address space in bytes. */
  readonly memoryBytes: number
  /** Largest file that it may write; default: no limit. Pipes do not count. */
  readonly fileBytes?: number
}

/** Conditions under which a process runs. It works in `directory` and knows no other. */
export interface Conditions extends View {
  readonly limits: ProcessLimits
  readonly isolation: Isolation
}

/** Options and readers of a process. */
export interface RunOptions extends Conditions {
  readonly signal: AbortSignal
  /** Readers of the outputs of the process: descriptor 1, then 3, 4 and so on. Each must read to the end or throw. */
  readonly outputs: ReadonlyArray<(output: Readable) => Promise<void>>
  /** Receives each line of stderr, cut at 4 KiB. */
  readonly onLine?: (line: string) => void
}

/** Result of a process. `stderrTail` is for the log only, because it may contain text of an untrusted file. */
export interface RunResult extends ProcessEnd {
  /** Whether it ran long enough to use its CPU time on all processors. */
  readonly isSpent: boolean
  readonly stderrTail: string
}

/**
 * Runs a program to its end. The child has an empty environment (no credentials to leak), no standard input, and its
 * own process group, which is ended as a whole: SIGTERM, then SIGKILL. Settles only once the process is gone, so that
 * its files can be removed; rejects with the reason of the signal or the error of a reader.
 */
export async function runProcess (path: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal.throwIfAborted()
  const startedAt = performance.now()
  const extra = options.outputs.slice(1).map(() => 'pipe' as const)
  const child = spawnLimited(path, args, options, ['ignore', 'pipe', 'pipe', ...extra])
  const closed = once(child, 'close').catch(() => undefined)
  // A launcher that is killed early can leave behind a child that holds the outputs open.
  child.once('exit', () => endGroup(child.pid, 'SIGKILL'))
  let spawnError: Error | undefined
  child.on('error', (error) => {
    spawnError = error
  })

  let killTimer: NodeJS.Timeout | undefined
  const end = () => {
    endGroup(child.pid, 'SIGTERM')
    killTimer ??= setTimeout(() => endGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS)
  }
  options.signal.addEventListener('abort', end, { once: true })

  const stderr = readStderr(child.stderr as Readable, options.onLine)
  const pipes = [child.stdout, ...child.stdio.slice(3, 3 + extra.length)] as Readable[]
  const reads = options.outputs.map(async (read, index) => {
    try {
      await read(pipes[index] as Readable)
    } catch (error) {
      end()
      pipes[index]?.destroy()
      throw error
    }
  })
  try {
    const [outcome] = await Promise.all([Promise.allSettled(reads), stderr, closed])
    options.signal.throwIfAborted()
    if (spawnError !== undefined) throw spawnError
    const failed = outcome.find((read) => read.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    const isSpent = ((performance.now() - startedAt) / 1000) * availableParallelism() >= options.limits.cpuSeconds
    return { ...options.isolation.readEnd(readEnd(child)), isSpent, stderrTail: await stderr }
  } finally {
    clearTimeout(killTimer)
    options.signal.removeEventListener('abort', end)
  }
}

/** A long-running program that communicates over standard input and output. */
export interface RunningProcess {
  /** Undefined if it could not be started. */
  readonly pid: number | undefined
  readonly input: Writable
  readonly output: Readable
  /** Resolves with its result; never rejects. */
  readonly ended: Promise<ProcessEnd>
  /** Sets whether it keeps this process alive. */
  hold(isHeld: boolean): void
  /** Kills its whole process group at once. */
  kill(): void
}

/**
 * Starts a long-running program under the same conditions as `runProcess`: no environment, limits, its own process
 * group. `onLine` receives each line of its stderr.
 */
export function startProcess (
  path: string,
  args: readonly string[],
  options: Conditions & { readonly onLine: (line: string) => void }
): RunningProcess {
  const child = spawnLimited(path, args, options, ['pipe', 'pipe', 'pipe'])
  const [input, output, stderr] = [child.stdin as Writable, child.stdout as Readable, child.stderr as Readable]
  // Write errors after its death are redundant, because `ended` reports it.
  input.on('error', () => {})
  child.on('error', () => {})
  const kill = () => endGroup(child.pid, 'SIGKILL')
  const lines = readLines(stderr, options.onLine).catch(() => undefined)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve())
  }).then(async () => {
    kill()
    await lines
    return options.isolation.readEnd(readEnd(child))
  })
  const held = [child, input, output, stderr] as unknown as Array<{ ref(): void, unref(): void }>
  return {
    pid: child.pid,
    input,
    output,
    ended,
    kill,
    hold (isHeld) {
      for (const handle of held) {
        if (isHeld) handle.ref()
        else handle.unref()
      }
    }
  }
}

type StdioKind = 'ignore' | 'pipe'

/** Starts a process; the only place that does. */
function spawnLimited (
  path: string,
  args: readonly string[],
  { directory, readable = [], limits, isolation }: Conditions,
  stdio: readonly StdioKind[]
): ChildProcess {
  const { filter } = isolation
  const command = isolation.wrap([path, ...args], { directory, readable }, stdio.length)
  const pipes: StdioKind[] = filter === undefined ? [...stdio] : [...stdio, 'pipe']
  const child: ChildProcess = spawn('/bin/sh', ['-c', APPLY_LIMITS, 'sh', ...planLimits(limits), ...command], {
    cwd: directory,
    env: {},
    detached: true,
    stdio: pipes
  })
  if (filter !== undefined) giveFilter(child.stdio[stdio.length] as Writable, filter)
  return child
}

function giveFilter (pipe: Writable, filter: Buffer): void {
  // The death of the process is reported elsewhere.
  pipe.on('error', () => {})
  pipe.end(filter)
}

/** Node cannot set limits on a child, so a shell sets them on itself and then executes the program. */
const APPLY_LIMITS =
  'ulimit -c 0 && ulimit -n 256 && ulimit -t "$1" && ulimit -v "$2" && ulimit -f "$3" && shift 3 && exec "$@"'
/** The unit of `ulimit -f` in POSIX. */
const BLOCK_BYTES = 512

function planLimits ({ cpuSeconds, memoryBytes, fileBytes = 0 }: ProcessLimits): string[] {
  return [cpuSeconds, memoryBytes / 1024, fileBytes / BLOCK_BYTES].map((amount) => String(Math.ceil(amount)))
}

function readEnd ({ exitCode, signalCode }: ChildProcess): ProcessEnd {
  return { exitCode, killedBy: signalCode }
}

/** Signals a whole process group; ignores one that is gone already. */
function endGroup (pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    /* ESRCH: gone */
  }
}

async function readStderr (stderr: Readable, onLine: RunOptions['onLine']): Promise<string> {
  let tail = ''
  await readLines(stderr, (line) => {
    onLine?.(line)
    tail = (tail + line + '\n').slice(-STDERR_TAIL_BYTES)
  })
  return tail
}
