import { createHash } from 'node:crypto'
import type { PosterframeError } from '../errors.ts'

/** Products that a background job can make. */
export const JOB_KINDS = ['batch', 'preview', 'storyboard'] as const
/** One of {@link JOB_KINDS}. */
export type JobKind = (typeof JOB_KINDS)[number]

/** The request of a job: the kind of product and the JSON body, unchanged and valid. */
export interface JobRequest {
  readonly kind: JobKind
  readonly body: Readonly<Record<string, unknown>>
}

/** A background job, for which no connection is held open. */
export interface Job extends JobRequest {
  readonly id: string
  readonly state: 'running' | 'succeeded' | 'failed'
  /** RFC 3339. */
  readonly createdAt: string
  /** The error of a job that failed. */
  readonly failure?: PosterframeError | undefined
}

/** The use cases of background jobs. `caller` is a name; undefined if the service does not authenticate callers. */
export interface Jobs {
  /**
   * Starts a job, and resolves when the store has the job as running; an equal request of the same caller returns the
   * job that is running already. `run` makes the product and stores it; an error of it becomes the failure of the job.
   *
   * @throws PosterframeError `overloaded` if too many jobs are active, and the errors of the store
   */
  start(
    request: JobRequest,
    options: { readonly caller: string | undefined, readonly run: (signal: AbortSignal) => Promise<unknown> }
  ): Promise<Job>
  /** Returns a job, whichever process runs it. Throws `not_found` if there is none, or if another caller started it. */
  find(id: string, options: { readonly caller: string | undefined, readonly signal: AbortSignal }): Promise<Job>
  /** Aborts the jobs of this process. They become failed and may be started again. */
  close(): Promise<void>
}

const ID_LENGTH = 32

/** Pattern of the id of a job. */
export const JOB_ID_PATTERN = `^[0-9a-f]{${ID_LENGTH}}$`

/**
 * Computes the id of a job: a digest of its request and its caller. Every process thereby finds a job that is running
 * already, and an id is worthless to other callers, for whom the digest differs.
 */
export function computeJobId ({ kind, body }: JobRequest, caller: string | undefined): string {
  // JSON distinguishes a missing name (null) from every name.
  const text = JSON.stringify([
    'posterframe job',
    kind,
    caller ?? null,
    Object.entries(body).sort(([one], [other]) => (one < other ? -1 : 1))
  ])
  return createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH)
}
