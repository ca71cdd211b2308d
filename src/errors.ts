/** Row of the catalogue: the status, the title, and whether a retry can succeed. */
interface CatalogueEntry {
  readonly status: number
  readonly title: string
  readonly retryable: boolean
}

const entry = (status: number, title: string, retryable = false): CatalogueEntry => ({ status, title, retryable })

/**
 * All errors that the service returns, by code. `title` is the general public sentence (RFC 9457); the specifics of one
 * request are in `detail`, and private information is in `cause`, which is only logged.
 */
export const ERROR_CATALOGUE = {
  invalid_request: entry(400, 'The request is not valid.'),
  invalid_timestamp: entry(400, 'The timestamp is not written in a form that is understood.'),
  invalid_signature: entry(400, 'The signature of this URL is wrong or has expired.'),
  invalid_upload_token: entry(400, "The token of this upload is wrong, somebody else's, or has expired."),
  unauthenticated: entry(401, 'This needs a valid API key or token.'),
  forbidden_bucket: entry(403, 'This bucket is not one that may be used here.'),
  forbidden_key: entry(403, 'This key is not one that may be used here.'),
  forbidden_action: entry(403, 'These credentials do not allow that.'),
  not_found: entry(404, 'There is nothing at this address.'),
  source_not_found: entry(404, 'There is no such video.'),
  upload_not_found: entry(404, 'There is no such upload; it was completed, aborted, or given up.'),
  method_not_allowed: entry(405, 'This address does not take that method.'),
  source_changed: entry(409, 'The video was overwritten while it was being read.', true),
  source_archived: entry(409, 'The video is archived and must be restored before it can be read.'),
  upload_incomplete: entry(409, 'Parts of the upload are missing or not of the size that was agreed.'),
  source_too_large: entry(413, 'The video is larger than may be read here.'),
  upload_too_large: entry(413, 'The upload is larger than is taken here.'),
  unsupported_content_type: entry(415, 'The body is of a type that is not understood here.'),
  unsupported_media: entry(415, 'The file is not a video container that can be read.'),
  no_video_track: entry(422, 'The file has no video track.'),
  corrupt_video: entry(422, 'The video is damaged or incomplete.'),
  unsupported_codec: entry(422, 'The video is in a codec that cannot be decoded here.'),
  encrypted_video: entry(422, 'The video is encrypted.'),
  timestamp_out_of_range: entry(422, 'The timestamp lies past the end of the video.'),
  video_limits_exceeded: entry(422, 'The video exceeds a limit of this service.'),
  rate_limited: entry(429, 'There were too many requests.', true),
  internal_error: entry(500, 'Something went wrong inside Posterframe.', true),
  store_unavailable: entry(502, 'The object store did not answer as it should.', true),
  store_forbidden: entry(502, 'The object store does not let this service do that.'),
  identity_unavailable: entry(502, 'The keys that tokens are checked with could not be fetched.', true),
  overloaded: entry(503, 'The service is busy.', true),
  job_interrupted: entry(503, 'The work was interrupted before its end.', true),
  scratch_full: entry(503, 'There is no room for the video on the scratch disk.', true),
  timed_out: entry(504, 'It could not be done in time.', true)
} as const satisfies Record<string, CatalogueEntry>

/** Machine-readable name of an error; part of the HTTP contract. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE

/** Details of an error besides its code. */
export interface ErrorOptions {
  /**
   * Sentences for the client about this request: the problem, the allowed values, the next step. Must not contain
   * secrets, paths or output of ffmpeg.
   */
  readonly detail?: string
  /** Extra members of the problem document, such as `duration` in seconds. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Delay after which the client may retry, in seconds; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number
  /** Private reason, for the log only. */
  readonly cause?: unknown
}

/** Error of the catalogue. Any other thrown value is a bug and is returned as `internal_error`. */
export class PosterframeError extends Error {
  override readonly name = 'PosterframeError'
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly members: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds: number | undefined

  constructor (code: ErrorCode, options: ErrorOptions = {}) {
    super(options.detail ?? ERROR_CATALOGUE[code].title, { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.members = options.members ?? {}
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  /** HTTP status of the code. */
  get status (): number {
    return ERROR_CATALOGUE[this.code].status
  }

  /** True if the same request can succeed later. */
  get retryable (): boolean {
    return ERROR_CATALOGUE[this.code].retryable
  }
}

/** Returns whether `error` is an error of the catalogue, and has one of `codes` if any are given. */
export function isPosterframeError (error: unknown, ...codes: ErrorCode[]): error is PosterframeError {
  return error instanceof PosterframeError && (codes.length === 0 || codes.includes(error.code))
}
