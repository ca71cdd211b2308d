import { isPosterframeError, PosterframeError, type ErrorCode } from '../../errors.ts'

/** The part of an AWS SDK error that the mapping reads. */
interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** S3 error codes that are more precise than their status. */
const CODES_BY_NAME: Readonly<Record<string, ErrorCode>> = {
  InvalidObjectState: 'source_archived',
  KeyTooLongError: 'invalid_request',
  ExpiredToken: 'store_forbidden',
  InvalidToken: 'store_forbidden',
  TokenRefreshRequired: 'store_forbidden',
  CredentialsProviderError: 'store_forbidden'
}

const CODES_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'store_forbidden',
  403: 'store_forbidden',
  404: 'source_not_found',
  412: 'source_changed',
  // Callers cut ranges to the known size, so a range can only be outside if the object was replaced since.
  416: 'source_changed'
}

const DETAILS: Partial<Record<ErrorCode, string>> = {
  store_forbidden:
    'The store denied access. Without the right to list the bucket, S3 also denies access to a missing object.'
}

/**
 * Maps an error of the S3 client, or of the stream of a body, to one of the catalogue. The reason of an aborted signal
 * takes precedence; unrecognised errors (connection, 5xx, SlowDown, timeout of the client) are `store_unavailable`.
 */
export function toStoreError (error: unknown, signal?: AbortSignal): Error {
  if (signal?.aborted === true) return signal.reason as Error
  if (error instanceof PosterframeError) return error
  const code = findCode(error)
  const detail = DETAILS[code]
  return new PosterframeError(code, { cause: error, ...(detail === undefined ? {} : { detail }) })
}

/** Maps "not found" of a write, a listing or a check to a missing bucket: there is no source to be missing. */
export function blameBucket (error: Error): Error {
  if (!isPosterframeError(error, 'source_not_found')) return error
  return new PosterframeError('store_unavailable', { detail: 'The bucket does not exist.', cause: error.cause })
}

function findCode (error: unknown): ErrorCode {
  if (!(error instanceof Error)) return 'store_unavailable'
  const { name, $metadata } = error as ServiceError
  return CODES_BY_NAME[name] ?? CODES_BY_STATUS[$metadata?.httpStatusCode ?? 0] ?? 'store_unavailable'
}
