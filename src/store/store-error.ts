import { type ErrorCode, PosterframeError } from '../errors.ts'

/** The object, or only the bucket, that an error of the store concerns. */
export interface StoreSubject {
  readonly bucket: string
  readonly key?: string | undefined
}

/** Words for a subject in a sentence: `object 'a.mp4' in bucket 'videos'`, `bucket 'videos'`. */
export interface SubjectNames {
  readonly object: string
  readonly bucket: string
  /** Sentence about what is probably wrong with the key. */
  readonly hint?: string | undefined
}

/** A problem that the store has with a subject. */
export type StoreProblem = 'no_object' | 'no_bucket' | 'denied' | 'archived' | 'changed'

const UNNAMED: SubjectNames = { object: 'object', bucket: 'bucket' }

const CODES: Readonly<Record<StoreProblem, ErrorCode>> = {
  no_object: 'source_not_found',
  no_bucket: 'source_not_found',
  denied: 'store_forbidden',
  archived: 'source_archived',
  changed: 'source_changed'
}

const SENTENCES: Readonly<Record<StoreProblem, (names: SubjectNames) => string>> = {
  no_object: ({ object, hint = 'Check the spelling; upper and lower case differ.' }) =>
    `The store does not have the ${object}. ${hint}`,
  no_bucket: ({ bucket }) =>
    `The store does not have the ${bucket}, although the service is configured to use it. Create it, or correct the configuration.`,
  denied: ({ object, hint = 'Check that it exists and what the credentials of the service may do.' }) =>
    `The store denied access to the ${object}. ${hint} Without the right to list the bucket, S3 also denies access to ` +
    'a missing object.',
  archived: ({ object }) =>
    `The ${object} is in an archive storage class. Restore it, then send the request again.`,
  changed: ({ object }) => `The ${object} was overwritten during the request. Send the request again.`
}

/**
 * Error about one object or bucket. Its `detail` names neither, since the caller may not know them; `withNames` adds
 * the names. The log has them in `subject`.
 */
export class StoreError extends PosterframeError {
  readonly problem: StoreProblem
  readonly subject: StoreSubject

  constructor (
    problem: StoreProblem,
    subject: StoreSubject,
    { code = CODES[problem], cause, names = UNNAMED }: StoreErrorOptions = {}
  ) {
    super(code, { detail: SENTENCES[problem](names), cause })
    this.problem = problem
    this.subject = subject
  }

  /** Returns the same error with names for its subject. */
  withNames (names: SubjectNames): StoreError {
    return new StoreError(this.problem, this.subject, { code: this.code, cause: this.cause, names })
  }
}

interface StoreErrorOptions {
  /** Code that replaces that of the problem. */
  readonly code?: ErrorCode
  readonly cause?: unknown
  readonly names?: SubjectNames
}
