import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unbegunError } from '../../../limits/deadline.ts'
import type { Isolation } from '../../../sandbox/isolation.ts'
import { DecoderCrashError, DecoderLimitError, InvalidAnswerError } from '../decoder-failure.ts'
import { readUse, watchProgress } from '../../../sandbox/process-use.ts'
import { type ProcessLimits, type RunningProcess, startProcess } from '../../../sandbox/run-process.ts'
import { checkAnswer } from './check-answer.ts'
import { showFiles } from './job-files.ts'
import { locateLibav } from './libav-binding.ts'
import { watchProcess } from './process-watch.ts'
import { type Answer, MessageReader, type Task, writeMessage } from './libav-messages.ts'

/** Thrown when a worker was killed because its job exceeded a limit. */
export class WorkerLimitError extends DecoderLimitError {
  override readonly name = 'WorkerLimitError'
}

/** Options of a job. */
export interface JobOptions {
  readonly signal: AbortSignal
  /** Scratch directory of the request, where filters find their lookup tables. */
  readonly directory: string
  readonly limits: ProcessLimits
  /** Maximum size of the response. */
  readonly maxBytes: number
  /** Receives each log line of this job. */
  readonly onLine: (line: string) => void
}

/** A process that has loaded libav and runs one job at a time. */
export interface LibavProcess {
  readonly pid: number | undefined
  readonly isGone: boolean
  /** Number of jobs started. */
  readonly jobs: number
  /** True if a job failed in it, which may have left it in an unknown state. */
  readonly isTainted: boolean
  /** CPU time and memory used in its life, if the machine reports them. */
  readonly use: ReturnType<typeof readUse>
  /**
   * Runs a job. Kills the worker at once if the signal aborts.
   *
   * @throws DecoderCrashError, WorkerLimitError, the signal's reason; after each of them the worker is gone
   */
  run(task: Task, options: JobOptions): Promise<Answer>
  /** Resolves once it is gone, for whatever reason. */
  readonly ended: Promise<unknown>
  /** Kills it and resolves once it is gone. */
  end(): Promise<void>
}

// Next to this module in src/, next to the bundle in dist/.
const WORKER_PATH = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './libav-worker.ts' : './libav-worker.mjs', import.meta.url)
)

/**
 * Returns the files that a worker reads: its modules and the package of libav. In src/, Node also reads package.json
 * for the module type.
 */
function listReadable (): string[] {
  const modules = import.meta.url.endsWith('.ts')
    ? ['..', '../../../../package.json'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
    : [WORKER_PATH]
  return [...modules, dirname(locateLibav())]
}

/**
 * The whole environment of a worker. By default glibc keeps freed buffers of some MB; mapping them individually
 * leaves a worker that has decoded 300 frames of 1080p with 130 MB instead of 173, at no measurable cost.
 */
const ALLOCATOR = ['MALLOC_MMAP_THRESHOLD_=262144']

/** V8's heap holds only log lines and short messages; pictures are external memory. */
const NODE_FLAGS = ['--max-old-space-size=96', '--disable-warning=ExperimentalWarning']

/**
 * Limits for the whole life of a worker. V8 reserves 1.5 GiB of address space at its start, 3.8 GiB when it strips
 * types, and a decode may take 2 GiB; the actual use of a job is watched.
 */
const LIFE_LIMITS: ProcessLimits = { cpuSeconds: 3600, memoryBytes: 8 * 2 ** 30 }

/** Settings of a worker process. */
export interface LibavProcessSettings {
  /** Directory of the worker, to which the files of jobs are linked if it cannot see those of the requests. */
  readonly home: string
  readonly isolation: Isolation
}

/** Starts a worker. It is ready when it has responded to its first job. */
export function startLibavProcess ({ home, isolation }: LibavProcessSettings): LibavProcess {
  let job:
    | {
      readonly onLine: (line: string) => void
      readonly startOfLog: string
      readonly endOfLog: string
      readonly onEndOfLog: () => void
      hasStarted: boolean
      readonly onLost: (error: Error) => void
    }
    | undefined
  let jobs = 0
  let isGone = false
  let isTainted = false
  /** True once it has begun a job: what it takes before that is not the job's. */
  let hasRun = false
  const worker: RunningProcess = startProcess(
    '/usr/bin/env',
    [...ALLOCATOR, process.execPath, ...NODE_FLAGS, WORKER_PATH],
    {
      directory: home,
      readable: [process.execPath, ...listReadable()],
      isolation,
      limits: LIFE_LIMITS,
      onLine: (line) => {
        if (job === undefined) return
        if (line === job.startOfLog) hasRun = job.hasStarted = true
        else if (line === job.endOfLog) job.onEndOfLog()
        else job.onLine(line)
      }
    }
  )
  worker.unref()
  void worker.ended.then(({ killedBy, exitCode }) => {
    isGone = true
    job?.onLost(new DecoderCrashError(killedBy, exitCode, { hasStarted: job.hasStarted }))
  })

  async function showAndRun (task: Task, options: JobOptions): Promise<Answer> {
    if (!isolation.hidesFiles) return await runJob(task, options)
    const video = task.kind === 'about' ? undefined : task.input.path
    const shown = await showFiles(home, options.directory, video).catch((error: unknown) => {
      // The home of a worker is removed when it ends.
      throw isGone ? new DecoderCrashError(null, null, { hasStarted: false }) : error
    })
    const { directory, path } = shown
    const own = task.kind === 'about' || path === undefined ? task : { ...task, input: { ...task.input, path } }
    return await runJob(own, { ...options, directory }).finally(() => shown.hide())
  }

  async function runJob (task: Task, { onLine, ...options }: JobOptions): Promise<Answer> {
    const token = randomBytes(16).toString('hex')
    const [startOfLog, endOfLog] = [`start of log ${token}`, `end of log ${token}`]
    const logged = Promise.withResolvers<void>()
    // Not a race with `worker.ended`, which would retain every response until the worker ends.
    const lost = Promise.withResolvers<never>()
    const [onEndOfLog, onLost] = [logged.resolve, lost.reject]
    job = { onLine, startOfLog, endOfLog, onEndOfLog, onLost, hasStarted: false }
    if (isGone) lost.reject(new DecoderCrashError(null, null, { hasStarted: false }))
    const answered = readAnswer(worker, task, options.maxBytes)
    const message = { task, directory: options.directory, startOfLog, endOfLog }
    for (const piece of writeMessage(message)) worker.input.write(piece)
    const stopWatch = watchProgress(worker.pid, () => worker.kill())
    return await Promise.race([
      lost.promise,
      Promise.all([answered, logged.promise]).then(([answer]) => answer)
    ]).finally(stopWatch)
  }

  return {
    pid: worker.pid,
    get isGone () {
      return isGone
    },
    get jobs () {
      return jobs
    },
    get isTainted () {
      return isTainted
    },
    get use () {
      return worker.pid === undefined ? undefined : readUse(worker.pid)
    },

    async run (task, options) {
      options.signal.throwIfAborted()
      let isExcessive = false
      const kill = () => worker.kill()
      const stopWatch =
        worker.pid === undefined
          ? () => {}
          : watchProcess(worker.pid, options.limits, () => {
            isExcessive = true
            kill()
          })
      options.signal.addEventListener('abort', kill, { once: true })
      worker.ref()
      jobs++
      try {
        const answer = await showAndRun(task, options)
        isTainted = answer.head.kind === 'failure'
        return answer
      } catch (error) {
        kill()
        const hasStarted = job?.hasStarted === true
        await worker.ended
        if (options.signal.aborted) throw hasStarted ? options.signal.reason : unbegunError(options.signal)
        throw isExcessive && hasRun ? new WorkerLimitError('a worker took more than it may', { cause: error }) : error
      } finally {
        job = undefined
        stopWatch()
        options.signal.removeEventListener('abort', kill)
        worker.unref()
      }
    },

    ended: worker.ended,

    async end () {
      worker.ref()
      worker.kill()
      await worker.ended
      isGone = true
    }
  }
}

/**
 * Reads one message and leaves the stream open for the next. Rejects with an `InvalidAnswerError` if it is too long or
 * no answer to the task. The end of the worker ends the wait for one that stays silent.
 */
function readAnswer ({ output }: RunningProcess, task: Task, maxBytes: number): Promise<Answer> {
  const reader = new MessageReader(maxBytes)
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer) => {
      try {
        for (const message of reader.take(chunk)) {
          output.off('data', take).pause()
          resolve(checkAnswer(task, message))
        }
      } catch (error) {
        output.off('data', take)
        reject(new InvalidAnswerError(error instanceof Error ? error.message : String(error)))
      }
    }
    output.on('data', take).resume()
  })
}
