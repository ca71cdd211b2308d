import type { PosterframeError } from '../errors.ts'

/** What a job makes. */
export const JOB_KINDS = ['batch', 'preview', 'storyboard'] as const
/** One of {@link JOB_KINDS}. */
export type JobKind = (typeof JOB_KINDS)[number]

/** What was asked for: a request's JSON body, as it came and was found right. */
export interface JobRequest {
  readonly kind: JobKind
  readonly body: Readonly<Record<string, unknown>>
}

/** Long work that nobody holds a connection for. */
export interface Job extends JobRequest {
  readonly id: string
  readonly state: 'running' | 'succeeded' | 'failed'
  /** RFC 3339. */
  readonly createdAt: string
  /** Of a job that has failed. */
  readonly failure?: PosterframeError | undefined
}

/** The use cases of jobs. A caller is known by name; undefined: whoever comes, where nobody is asked. */
export interface Jobs {
  /**
   * Begins a job, once it is in the store that it is under way; the same question of the same caller gives the job
   * that is running already. `run` makes what was asked for and leaves it in the store. What it throws is kept as the
   * job's failure.
   *
   * @throws PosterframeError `overloaded` where too many are under way, and what the store throws
   */
  start(
    question: JobRequest,
    options: { readonly caller: string | undefined, readonly run: (signal: AbortSignal) => Promise<unknown> }
  ): Promise<Job>
  /** A job, whichever process does it. Throws `not_found` where there is none, or it is another caller's. */
  find(id: string, options: { readonly caller: string | undefined, readonly signal: AbortSignal }): Promise<Job>
  /** Ends the jobs of this process; they have failed then, and may be begun again. */
  close(): Promise<void>
}
