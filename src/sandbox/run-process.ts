import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Isolation, ProcessExit, VisibleFiles } from './isolation.ts'
import { createMark } from './left-processes.ts'
import { endLeftovers, signalGroup } from './process-group.ts'
import { watchProgress } from './process-use.ts'
import { readLines } from './read-lines.ts'

/** Time that a process has to obey SIGTERM before it is killed. */
const KILL_AFTER_MS = 500
const STDERR_TAIL_CHARACTERS = 8192

/**
 * Limits that the kernel enforces (setrlimit(2)): past them the process is killed, or its allocations or writes fail.
 */
export interface ProcessLimits {
  readonly cpuSeconds: number
  /** Address space. */
  readonly memoryBytes: number
  /** The largest file that the process can write. Default: 0, no files. Pipes do not count. */
  readonly fileBytes?: number
}

/** The restrictions under which a process runs. */
export interface ProcessRestrictions extends VisibleFiles {
  readonly limits: ProcessLimits
  readonly isolation: Isolation
}

/** Options of `runProcess`. */
export interface RunOptions extends ProcessRestrictions {
  readonly signal: AbortSignal
  /** Readers of the process's outputs: descriptor 1, then 3, 4 and so on. Each must read to the end or throw. */
  readonly outputs: ReadonlyArray<(output: Readable) => Promise<void>>
  /** Called with each line of stderr, cut at 4,096 characters. */
  readonly onLine?: (line: string) => void
}

/** The result of a process. */
export interface RunResult extends ProcessExit {
  /** The end of stderr, for the log only: it repeats text from an untrusted file. */
  readonly stderrTail: string
}

/**
 * Runs a program to its end. The child has an empty environment (there are no credentials to leak), no standard
 * input, and a process group of its own, which is ended as a whole: SIGTERM, then SIGKILL. Settles only once the
 * process has ended, so that its files can be removed. If a process has left the group, it is killed, and the result is
 * that of a killed process, as it is for a process that takes hardly any CPU time for 3 seconds.
 *
 * @throws the signal's reason, the error of a reader of its outputs, or that of the system if no process can be started
 */
export async function runProcess (path: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal.throwIfAborted()
  const extra = options.outputs.slice(1).map(() => 'pipe' as const)
  const { child, leftover } = spawnRestricted(path, args, options, ['ignore', 'pipe', 'pipe', ...extra])
  const closed = once(child, 'close').catch(() => undefined)
  let spawnError: Error | undefined
  child.on('error', (error) => {
    spawnError = error
  })

  let killTimer: NodeJS.Timeout | undefined
  const end = () => {
    signalGroup(child.pid, 'SIGTERM')
    killTimer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS)
  }
  options.signal.addEventListener('abort', end, { once: true })
  // Not by SIGTERM, at which ffmpeg ends as if it had something to say.
  const stopWatch = watchProgress(child.pid, () => signalGroup(child.pid, 'SIGKILL'))

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
    const [outcomes] = await Promise.all([Promise.allSettled(reads), stderr, closed])
    options.signal.throwIfAborted()
    if (spawnError !== undefined) throw spawnError
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined && !leftover.isHolding) throw failed.reason
    return {
      ...(leftover.isHolding ? KILLED : options.isolation.translateExit(readExit(child))),
      stderrTail: await stderr
    }
  } finally {
    clearTimeout(killTimer)
    stopWatch()
    options.signal.removeEventListener('abort', end)
  }
}

const KILLED: ProcessExit = { exitCode: null, killedBy: 'SIGKILL' }

/** A long-running program that is controlled over its standard input and output. */
export interface RunningProcess {
  /** Undefined if it could not be started. */
  readonly pid: number | undefined
  readonly input: Writable
  readonly output: Readable
  /** Resolves when the process has ended; never rejects. */
  readonly ended: Promise<ProcessExit>
  /** Keeps this process alive while the program runs, as it does after the start. */
  ref(): void
  /** Lets this process end although the program runs. */
  unref(): void
  /** Kills the program's whole process group at once. */
  kill(): void
}

/**
 * Starts a long-running program under the same restrictions as `runProcess`: an empty environment, limits, a process
 * group of its own.
 *
 * @param options.onLine called with each line of stderr
 */
export function startProcess (
  path: string,
  args: readonly string[],
  options: ProcessRestrictions & { readonly onLine: (line: string) => void }
): RunningProcess {
  const { child } = spawnRestricted(path, args, options, ['pipe', 'pipe', 'pipe'])
  const [input, output, stderr] = [child.stdin as Writable, child.stdout as Readable, child.stderr as Readable]
  // `ended` reports a process that has died; a write to it is no error of its own.
  input.on('error', () => {})
  child.on('error', () => {})
  const kill = () => signalGroup(child.pid, 'SIGKILL')
  const lines = readLines(stderr, options.onLine).catch(() => undefined)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve())
  }).then(async () => {
    await lines
    return options.isolation.translateExit(readExit(child))
  })
  const handles = [child, input, output, stderr] as unknown as Array<{ ref(): void, unref(): void }>
  return {
    pid: child.pid,
    input,
    output,
    ended,
    kill,
    ref () {
      for (const handle of handles) handle.ref()
    },
    unref () {
      for (const handle of handles) handle.unref()
    }
  }
}

type StdioKind = 'ignore' | 'pipe'

/** Starts a process; nothing else in the service does. */
function spawnRestricted (
  path: string,
  args: readonly string[],
  { directory, readable = [], limits, isolation }: ProcessRestrictions,
  stdio: readonly StdioKind[]
): { readonly child: ChildProcess, readonly leftover: ReturnType<typeof endLeftovers> } {
  const { seccompFilter } = isolation
  const mark = isolation.endsDescendants ? undefined : createMark()
  const command = isolation.wrapCommand([path, ...args], { directory, readable }, stdio.length)
  const pipes: StdioKind[] = seccompFilter === undefined ? [...stdio] : [...stdio, 'pipe']
  const child = spawn('/bin/sh', ['-c', APPLY_LIMITS, 'sh', ...ulimitArguments(limits, mark?.kibibytes), ...command], {
    cwd: directory,
    env: {},
    detached: true,
    stdio: pipes
  })
  // Node emits some errors and throws others; without a listener, one that it emits would end the service.
  child.on('error', () => {})
  // If there are no descriptors for the pipes, the child has none, whatever the types say.
  if ((child.stdio as unknown) === undefined) {
    throw Object.assign(new Error('spawn /bin/sh EMFILE: no file descriptors are left'), { code: 'EMFILE' })
  }
  if (seccompFilter !== undefined) writeFilter(child.stdio[stdio.length] as Writable, seccompFilter)
  return { child, leftover: endLeftovers(child, mark) }
}

function writeFilter (pipe: Writable, filter: Buffer): void {
  // A child that has died is reported by its exit.
  pipe.on('error', () => {})
  pipe.end(filter)
}

/**
 * Node cannot set limits on a child process, so a shell sets them on itself and then becomes the program. The last one
 * is a mark, which a kernel may refuse.
 */
const APPLY_LIMITS =
  'ulimit -c 0 && ulimit -n 256 && ulimit -S -t "$1" && ulimit -H -t "$2" && ulimit -v "$3" && ulimit -f "$4" && ' +
  '{ ulimit -m "$5" 2>/dev/null || :; } && shift 5 && exec "$@"'
/**
 * CPU time between SIGXCPU, which names the limit, and SIGKILL, which does not. There is a SIGXCPU each second, and
 * ffmpeg ends at the fourth.
 */
const STOP_CPU_SECONDS = 5
/** The unit of `ulimit -f` in POSIX. */
const BLOCK_BYTES = 512

function ulimitArguments (
  { cpuSeconds, memoryBytes, fileBytes = 0 }: ProcessLimits,
  mark: number | undefined
): string[] {
  const amounts = [cpuSeconds, cpuSeconds + STOP_CPU_SECONDS, memoryBytes / 1024, fileBytes / BLOCK_BYTES]
  return [...amounts.map((amount) => String(Math.ceil(amount))), mark === undefined ? 'unlimited' : String(mark)]
}

function readExit ({ exitCode, signalCode }: ChildProcess): ProcessExit {
  return { exitCode, killedBy: signalCode }
}

async function readStderr (stderr: Readable, onLine: RunOptions['onLine']): Promise<string> {
  let tail = ''
  await readLines(stderr, (line) => {
    onLine?.(line)
    tail = (tail + line + '\n').slice(-STDERR_TAIL_CHARACTERS)
  }).catch((error: NodeJS.ErrnoException) => {
    // Closed from here, because a process that was left behind holds it.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  })
  return tail
}
