import { isPosterframeError, PosterframeError, type ErrorCode } from '../../errors.ts'

/** The part of an error of the AWS SDK that tells what happened. */
interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** S3's error codes that say more than their status does. */
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
  // A range is cut to the size that the object had; it can only lie outside when the object has been replaced since.
  416: 'source_changed'
}

const DETAILS: Partial<Record<ErrorCode, string>> = {
  store_forbidden:
    'The store refused. Where this service may not list the bucket, an object that is not there is refused too.'
}

/**
 * What an error of the S3 client, or of the stream of a body, means to Posterframe. An aborted signal's reason goes
 * before everything else; what is not recognised (connection, 5xx, SlowDown, time-out of the client) is
 * `store_unavailable`.
 */
export function toStoreError (error: unknown, signal?: AbortSignal): Error {
  if (signal?.aborted === true) return signal.reason as Error
  if (error instanceof PosterframeError) return error
  const code = findCode(error)
  const detail = DETAILS[code]
  return new PosterframeError(code, { cause: error, ...(detail === undefined ? {} : { detail }) })
}

/** Where something is written, or only the bucket is asked for, "not found" is no matter of a source. */
export function blameBucket (error: Error): Error {
  if (!isPosterframeError(error, 'source_not_found')) return error
  return new PosterframeError('store_unavailable', { detail: 'The bucket is not there.', cause: error.cause })
}

function findCode (error: unknown): ErrorCode {
  if (!(error instanceof Error)) return 'store_unavailable'
  const { name, $metadata } = error as ServiceError
  return CODES_BY_NAME[name] ?? CODES_BY_STATUS[$metadata?.httpStatusCode ?? 0] ?? 'store_unavailable'
}
