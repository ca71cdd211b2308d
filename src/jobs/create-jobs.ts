import { isPosterframeError, PosterframeError } from '../errors.ts'
import { startDeadline } from '../limits/deadline.ts'
import type { Semaphore } from '../limits/semaphore.ts'
import { NO_RECORDER, type Recorder } from '../telemetry/recorder.ts'
import type { Job, JobRequest, Jobs } from './job.ts'
import { computeJobId } from './job-id.ts'
import type { JobRecord, JobRecords } from './stored-job.ts'

/** What jobs stand on. */
export interface JobsOptions {
  readonly records: JobRecords
  /** Jobs that are being done at once; the others wait in its queue. */
  readonly slots: Semaphore
  /**
   * How many may be under way in this process, those that wait among them; no more than there is room for in `slots`.
   */
  readonly maxJobs: number
  /** How long a job may take from when it has its slot. */
  readonly timeoutMs: number
  /** Between two signs of life in the store. */
  readonly beatMs?: number
  readonly now?: () => number
  readonly recorder?: Pick<Recorder, 'countJob'>
}

interface UnderWay {
  readonly started: Promise<Job>
  /** Settles, and never rejects, when nothing of the job is left. */
  readonly ended: Promise<void>
}

type Run = (signal: AbortSignal) => Promise<unknown>

const BEAT_MS = 15_000
/** A job that is silent for so many beats has lost its process: a store may be slow for one, and clocks differ. */
const LOST_BEATS = 4
const STORE_TIMEOUT_MS = 10_000
const RETRY_AFTER_SECONDS = 5

/** The use cases of jobs. */
export function createJobs ({
  records,
  slots,
  maxJobs,
  timeoutMs,
  beatMs = BEAT_MS,
  now = Date.now,
  recorder = NO_RECORDER
}: JobsOptions): Jobs {
  const underWay = new Map<string, UnderWay>()
  const closing = new AbortController()
  const tellTime = () => new Date(now()).toISOString()

  function readJob (id: string, { kind, body, state, createdAt, beatAt, failure }: JobRecord): Job {
    const job = { id, kind, body, createdAt }
    if (state !== 'running') {
      return { ...job, state, failure: failure === undefined ? undefined : restoreFailure(failure) }
    }
    const isLost = now() - Date.parse(beatAt) > LOST_BEATS * beatMs
    return isLost
      ? {
          ...job,
          state: 'failed',
          failure: new PosterframeError('job_interrupted', { detail: 'The process that did it is gone.' })
        }
      : { ...job, state }
  }

  function launch (id: string, question: JobRequest, run: Run): UnderWay {
    const started = begin(id, question)
    const ended = started
      .then(async ({ job, isNew }) => {
        if (isNew) {
          await execute(
            id,
            { ...question, version: 1, state: 'running', createdAt: job.createdAt, beatAt: job.createdAt },
            run
          )
        }
      })
      .catch(() => undefined)
      .finally(() => {
        underWay.delete(id)
      })
    return { started: started.then(({ job }) => job), ended }
  }

  async function begin (id: string, question: JobRequest): Promise<{ readonly job: Job, readonly isNew: boolean }> {
    const signal = AbortSignal.timeout(STORE_TIMEOUT_MS)
    const earlier = await records.read(id, signal)
    const found = earlier === undefined ? undefined : readJob(id, earlier)
    if (found?.state === 'running') return { job: found, isNew: false }
    const createdAt = tellTime()
    await records.write(id, { ...question, version: 1, state: 'running', createdAt, beatAt: createdAt }, signal)
    return { job: { ...question, id, state: 'running', createdAt }, isNew: true }
  }

  async function execute (id: string, record: JobRecord, run: Run): Promise<void> {
    const stopBeating = keepBeating(id, record)
    const failure = await slots.run(closing.signal, () => runInTime(run)).then(() => undefined, describeFailure)
    recorder.countJob(failure?.code ?? 'succeeded')
    await stopBeating()
    const state = failure === undefined ? 'succeeded' : 'failed'
    await records.write(
      id,
      { ...record, state, beatAt: tellTime(), ...(failure === undefined ? {} : { failure }) },
      AbortSignal.timeout(STORE_TIMEOUT_MS)
    )
  }

  /**
   * Says in the store from time to time that the job lives. What it gives resolves once no such word is on its way
   * any more.
   */
  function keepBeating (id: string, record: JobRecord): () => Promise<void> {
    let last: Promise<void> | undefined
    const timer = setInterval(() => {
      // One that does not get through is made good by the next.
      last ??= records
        .write(id, { ...record, beatAt: tellTime() }, AbortSignal.timeout(STORE_TIMEOUT_MS))
        .catch(() => undefined)
        .finally(() => {
          last = undefined
        })
    }, beatMs).unref()
    return async () => {
      clearInterval(timer)
      await last
    }
  }

  async function runInTime (run: Run): Promise<void> {
    const deadline = startDeadline(timeoutMs, closing.signal)
    try {
      await run(deadline.signal)
    } catch (error) {
      // Node's streams wrap the reason of a signal in an AbortError.
      if (!isPosterframeError(error)) deadline.signal.throwIfAborted()
      throw error
    } finally {
      deadline.clear()
    }
  }

  return {
    async start (question, { caller, run }) {
      const id = computeJobId(question, caller)
      const joined = underWay.get(id)
      if (joined !== undefined) return await joined.started
      if (closing.signal.aborted || underWay.size >= maxJobs) {
        throw new PosterframeError('overloaded', {
          detail: 'As many jobs are under way as there may be.',
          retryAfterSeconds: RETRY_AFTER_SECONDS
        })
      }
      const job = launch(id, question, run)
      underWay.set(id, job)
      return await job.started
    },

    async find (id, { caller, signal }) {
      const record = await records.read(id, signal)
      if (record === undefined || computeJobId(record, caller) !== id) {
        throw new PosterframeError('not_found', { detail: 'There is no such job of yours.' })
      }
      return readJob(id, record)
    },

    async close () {
      closing.abort(new PosterframeError('job_interrupted', { detail: 'The service was shut down meanwhile.' }))
      await Promise.all([...underWay.values()].map(({ ended }) => ended))
    }
  }
}

function describeFailure (error: unknown): NonNullable<JobRecord['failure']> {
  const { code, detail, members } = isPosterframeError(error) ? error : new PosterframeError('internal_error')
  return { code, members: { ...members }, ...(detail === undefined ? {} : { detail }) }
}

function restoreFailure ({ code, detail, members }: NonNullable<JobRecord['failure']>): PosterframeError {
  return new PosterframeError(code, { members, ...(detail === undefined ? {} : { detail }) })
}
