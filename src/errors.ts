/** Row of the catalogue: what every error with a code has in common. */
interface CatalogueEntry {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly retryable: boolean
}

const entry = (status: number, title: string, detail: string) => ({ status, title, detail, retryable: false })
const retryable = (status: number, title: string, detail: string) => ({ status, title, detail, retryable: true })

/**
 * Every error that leaves Posterframe, by code. `title` is the short public name of the error (RFC 9457); `detail`
 * explains it unless the error has a more specific one. Private information belongs in `cause`, which is only logged.
 */
export const ERROR_CATALOGUE = {
  invalid_request: entry(400, 'Invalid request', 'A parameter, a header or the body of the request is malformed.'),
  invalid_timestamp: entry(
    400,
    'Invalid timestamp',
    'The format of the timestamp is unknown. Use one such as 12.5, 1500ms, 00:01:02.5, 50pct, first, last or auto.'
  ),
  invalid_signature: entry(
    400,
    'Invalid signature',
    'The URL or form was not signed by this service, was changed, or has expired. Request a new one.'
  ),
  invalid_upload_token: entry(
    400,
    'Invalid upload token',
    'The token is malformed, has expired, or belongs to another caller. Start a new upload with POST /v1/uploads.'
  ),
  unauthenticated: entry(
    401,
    'Authentication required',
    'Send an API key in the header "X-Api-Key: KEY", or a key or JSON Web Token in "Authorization: Bearer TOKEN". A ' +
      'GET of a thumbnail also works with a signed URL; docs/signing.md describes how to make one.'
  ),
  forbidden_bucket: entry(403, 'Bucket not allowed', 'The service or these credentials do not allow this bucket.'),
  forbidden_key: entry(403, 'Key not allowed', 'The service or these credentials do not allow this key.'),
  forbidden_action: entry(403, 'Action not allowed', 'These credentials do not allow this operation.'),
  not_found: entry(404, 'Not found', 'Nothing exists at this URL. Check its path and its parameters.'),
  source_not_found: entry(404, 'Video not found', 'The bucket has no object with this key. Check bucket and key.'),
  upload_not_found: entry(
    404,
    'Upload not found',
    'The upload was completed, aborted or removed. Start a new one with POST /v1/uploads.'
  ),
  method_not_allowed: entry(405, 'Method not allowed', 'The Allow header lists the methods of this URL.'),
  upload_stalled: retryable(408, 'Upload stalled', 'The video in the request arrived too slowly. Send it again.'),
  source_changed: retryable(409, 'Video changed', 'The object was overwritten during the request. Send it again.'),
  source_archived: entry(
    409,
    'Video archived',
    'The object is in an archive storage class. Restore it, then send the request again.'
  ),
  upload_incomplete: entry(
    409,
    'Upload incomplete',
    'Parts are missing or have the wrong size. Send them, then complete the upload.'
  ),
  source_too_large: entry(413, 'Video too large', 'The file size exceeds the limit of this service.'),
  upload_too_large: entry(413, 'Request too large', 'The body of the request exceeds the limit of this service.'),
  unsupported_content_type: entry(
    415,
    'Unsupported content type',
    'This operation does not accept the Content-Type of the request.'
  ),
  unsupported_media: entry(415, 'Unsupported file format', 'The file is not in a supported video container.'),
  no_video_track: entry(422, 'No video track', 'The file has no track with video. Check that it is the right file.'),
  corrupt_video: entry(422, 'Corrupt video', 'The video is damaged or incomplete and cannot be decoded.'),
  unsupported_codec: entry(422, 'Unsupported codec', 'The decoder does not support the codec of the video.'),
  encrypted_video: entry(422, 'Encrypted video', 'The samples are encrypted. Use an unencrypted copy.'),
  timestamp_out_of_range: entry(
    422,
    'Timestamp out of range',
    'The timestamp is at or past the end of the video. Use an earlier one, or beyond=clamp for the last frame.'
  ),
  video_limits_exceeded: entry(422, 'Video limits exceeded', 'Decoding the video exceeds a limit of this service.'),
  rate_limited: retryable(429, 'Too many requests', 'The caller exceeded the rate limit. Wait as Retry-After says.'),
  internal_error: retryable(
    500,
    'Internal error',
    'The service failed unexpectedly. Its log has the reason under the request ID.'
  ),
  store_unavailable: retryable(
    502,
    'Store unavailable',
    'The object store failed or did not respond in time. Try again later.'
  ),
  store_forbidden: entry(
    502,
    'Store access denied',
    'The object store denied access to this service. Check the permissions of its credentials.'
  ),
  store_rejected: entry(
    502,
    'Store request rejected',
    'The object store rejects this request, and would reject it again. The log of the service has the reason, and ' +
      '"posterframe doctor" explains it to the operator.'
  ),
  identity_unavailable: retryable(
    502,
    'Identity provider unavailable',
    'The keys that verify tokens could not be fetched from the issuer. Try again later.'
  ),
  overloaded: retryable(503, 'Service overloaded', 'All capacity is in use. Try again later.'),
  job_interrupted: retryable(503, 'Job interrupted', 'The job stopped before its end. Send the request again.'),
  scratch_full: retryable(503, 'Scratch disk full', 'The video does not fit on the scratch disk. Try again later.'),
  timed_out: retryable(504, 'Request timed out', 'The work took longer than the time limit. Try again later.')
} as const satisfies Record<string, CatalogueEntry>

/** Machine-readable name of an error; part of the HTTP contract. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE

/** Options of an error. */
export interface ErrorOptions {
  /**
   * Explanation of this occurrence for the caller. Default: that of the catalogue. Must not contain a secret, a path
   * or text from ffmpeg.
   */
  readonly detail?: string
  /** Additional members of the problem document, such as `duration` in seconds. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Seconds before a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number
  /**
   * Seconds that a permanent failure of a source may be remembered; 0 for one that other options may avoid. Default: as
   * long as any.
   */
  readonly rememberSeconds?: number
  /** Private reason, for the log only. */
  readonly cause?: unknown
}

/** Error of the catalogue. Anything else that is thrown is a bug, for which the response is `internal_error`. */
export class PosterframeError extends Error {
  override readonly name = 'PosterframeError'
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly members: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds: number | undefined
  readonly rememberSeconds: number | undefined

  constructor (code: ErrorCode, options: ErrorOptions = {}) {
    super(options.detail ?? ERROR_CATALOGUE[code].detail, { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.members = options.members ?? {}
    this.retryAfterSeconds = options.retryAfterSeconds
    this.rememberSeconds = options.rememberSeconds
  }

  /** HTTP status of the code. */
  get status (): number {
    return ERROR_CATALOGUE[this.code].status
  }

  /** Returns whether the same request can succeed later. */
  get retryable (): boolean {
    return ERROR_CATALOGUE[this.code].retryable
  }
}

/** Returns whether `error` is an error of the catalogue and, if `codes` are given, has one of them. */
export function isPosterframeError (error: unknown, ...codes: ErrorCode[]): error is PosterframeError {
  return error instanceof PosterframeError && (codes.length === 0 || codes.includes(error.code))
}

/**
 * Returns whether an error is one that JavaScript throws for a bug, such as a `TypeError`, and not one of Fastify,
 * whose errors may have these classes too. Code that maps the errors of a library must let it pass.
 */
export function isBug (error: unknown): boolean {
  const isLanguageError = [TypeError, ReferenceError, RangeError, SyntaxError, EvalError, URIError].some(
    (LanguageError) => error instanceof LanguageError
  )
  return isLanguageError && !String((error as NodeJS.ErrnoException).code).startsWith('FST_')
}
