import { isPosterframeError, PosterframeError } from '../errors.ts'
import { startDeadline } from '../limits/deadline.ts'
import type { Semaphore } from '../limits/semaphore.ts'
import { NO_RECORDER, type Recorder } from '../telemetry/recorder.ts'
import { computeJobId, type Job, type JobRequest, type Jobs } from './job.ts'
import type { JobRecord, JobRecords } from './stored-job.ts'

/** Dependencies and limits of {@link createJobs}. */
export interface JobsOptions {
  readonly records: JobRecords
  /** Bounds the jobs that run at once; the others wait in its queue. */
  readonly slots: Semaphore
  /** Active jobs of this process, at most, running and waiting. `slots` must have room for as many. */
  readonly maxJobs: number
  /** Time limit of a job, from when it has its slot. */
  readonly timeoutMs: number
  /** Time between two heartbeats in the store. */
  readonly heartbeatMs?: number
  readonly now?: () => number
  readonly recorder?: Pick<Recorder, 'countJob'>
}

interface ActiveJob {
  readonly started: Promise<Job>
  /** Resolves when the job has ended and its state is stored; never rejects. */
  readonly ended: Promise<void>
}

type Run = (signal: AbortSignal) => Promise<unknown>

const HEARTBEAT_MS = 15_000
/** Missed heartbeats after which the process of a job counts as dead: the store may be slow, and clocks differ. */
const MAX_MISSED_HEARTBEATS = 4
const STORE_TIMEOUT_MS = 10_000
const RETRY_AFTER_SECONDS = 5

/** Creates the use cases of background jobs. */
export function createJobs ({
  records,
  slots,
  maxJobs,
  timeoutMs,
  heartbeatMs = HEARTBEAT_MS,
  now = Date.now,
  recorder = NO_RECORDER
}: JobsOptions): Jobs {
  const active = new Map<string, ActiveJob>()
  const closing = new AbortController()
  const formatNow = () => new Date(now()).toISOString()

  function readJob (id: string, { kind, body, state, createdAt, beatAt, failure }: JobRecord): Job {
    const job = { id, kind, body, createdAt }
    if (state !== 'running') {
      return { ...job, state, failure: failure === undefined ? undefined : restoreFailure(failure) }
    }
    const isDead = now() - Date.parse(beatAt) > MAX_MISSED_HEARTBEATS * heartbeatMs
    return isDead
      ? {
          ...job,
          state: 'failed',
          failure: new PosterframeError('job_interrupted', {
            detail: 'The process that ran the job has died. Send the request again.'
          })
        }
      : { ...job, state }
  }

  function launch (id: string, request: JobRequest, run: Run): ActiveJob {
    const started = findOrCreate(id, request)
    const ended = started
      .then(async ({ job, isNew }) => {
        if (isNew) {
          await execute(
            id,
            { ...request, version: 1, state: 'running', createdAt: job.createdAt, beatAt: job.createdAt },
            run
          )
        }
      })
      .catch(() => undefined)
      .finally(() => {
        active.delete(id)
      })
    return { started: started.then(({ job }) => job), ended }
  }

  async function findOrCreate (
    id: string,
    request: JobRequest
  ): Promise<{ readonly job: Job, readonly isNew: boolean }> {
    const signal = AbortSignal.timeout(STORE_TIMEOUT_MS)
    const record = await records.read(id, signal)
    const found = record === undefined ? undefined : readJob(id, record)
    if (found?.state === 'running') return { job: found, isNew: false }
    const createdAt = formatNow()
    await records.write(id, { ...request, version: 1, state: 'running', createdAt, beatAt: createdAt }, signal)
    return { job: { ...request, id, state: 'running', createdAt }, isNew: true }
  }

  async function execute (id: string, record: JobRecord, run: Run): Promise<void> {
    const stopHeartbeat = startHeartbeat(id, record)
    const failure = await slots.run(closing.signal, () => runWithDeadline(run)).then(() => undefined, describeFailure)
    recorder.countJob(failure?.code ?? 'succeeded')
    await stopHeartbeat()
    const state = failure === undefined ? 'succeeded' : 'failed'
    await records.write(
      id,
      { ...record, state, beatAt: formatNow(), ...(failure === undefined ? {} : { failure }) },
      AbortSignal.timeout(STORE_TIMEOUT_MS)
    )
  }

  /** Starts the heartbeat of a job in the store. The returned function stops it, and resolves after the last write. */
  function startHeartbeat (id: string, record: JobRecord): () => Promise<void> {
    let last: Promise<void> | undefined
    const timer = setInterval(() => {
      // The next heartbeat makes up for a failed one.
      last ??= records
        .write(id, { ...record, beatAt: formatNow() }, AbortSignal.timeout(STORE_TIMEOUT_MS))
        .catch(() => undefined)
        .finally(() => {
          last = undefined
        })
    }, heartbeatMs).unref()
    return async () => {
      clearInterval(timer)
      await last
    }
  }

  async function runWithDeadline (run: Run): Promise<void> {
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
    async start (request, { caller, run }) {
      const id = computeJobId(request, caller)
      const joined = active.get(id)
      if (joined !== undefined) return await joined.started
      if (closing.signal.aborted || active.size >= maxJobs) {
        throw new PosterframeError('overloaded', {
          detail: closing.signal.aborted
            ? 'The service is shutting down. Send the request again.'
            : `The service has ${maxJobs} jobs, its limit. Send the request again later.`,
          retryAfterSeconds: RETRY_AFTER_SECONDS
        })
      }
      const job = launch(id, request, run)
      active.set(id, job)
      return await job.started
    },

    async find (id, { caller, signal }) {
      const record = await records.read(id, signal)
      if (record === undefined || computeJobId(record, caller) !== id) {
        throw new PosterframeError('not_found', {
          detail: `You have no job '${id}'. A job is visible only to the caller that started it. Check the ID, or start the job again.`
        })
      }
      return readJob(id, record)
    },

    async close () {
      closing.abort(
        new PosterframeError('job_interrupted', {
          detail: 'The service was shut down while the job ran. Send the request again.'
        })
      )
      await Promise.all([...active.values()].map(({ ended }) => ended))
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
