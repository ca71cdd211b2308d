import type { StoreProblem } from '../store-error.ts'

/**
 * What an error of S3 means: a problem of one object or bucket; `unavailable`, which passes; `rejected`, which lasts
 * until the operator changes the object or the configuration; or a key that is too long.
 */
export type S3Problem = StoreProblem | 'unavailable' | 'rejected' | 'invalid_key'

// "List of error codes" in the reference of the S3 API: those whose status alone would be read wrongly.
const BY_NAME: Readonly<Record<string, S3Problem>> = {
  NoSuchBucket: 'no_bucket',
  InvalidObjectState: 'archived',
  KeyTooLongError: 'invalid_key',

  // The SDK renews credentials and corrects its clock; S3 and the network recover.
  ExpiredToken: 'unavailable',
  ExpiredTokenException: 'unavailable',
  TokenRefreshRequired: 'unavailable',
  RequestTimeTooSkewed: 'unavailable',
  RequestExpired: 'unavailable',
  RequestTimeout: 'unavailable',
  IncompleteBody: 'unavailable',
  BadDigest: 'unavailable',
  Busy: 'unavailable',
  SlowDown: 'unavailable',
  Throttling: 'unavailable',
  ThrottlingException: 'unavailable',
  'KMS.ThrottlingException': 'unavailable',
  RequestLimitExceeded: 'unavailable',
  BandwidthLimitExceeded: 'unavailable',
  TooManyRequests: 'unavailable',

  // The secret, the key or the region is wrong: 403, but not for lack of a permission.
  SignatureDoesNotMatch: 'rejected',
  InvalidAccessKeyId: 'rejected',
  InvalidToken: 'rejected',
  InvalidSecurity: 'rejected',
  'KMS.DisabledException': 'rejected',
  'KMS.NotFoundException': 'rejected',
  'KMS.KMSInvalidStateException': 'rejected',
  'KMS.InvalidStateException': 'rejected'
}

const BY_STATUS: Readonly<Record<number, S3Problem>> = {
  // The DNS entry of a new bucket is not everywhere yet.
  307: 'unavailable',
  401: 'denied',
  403: 'denied',
  404: 'no_object',
  405: 'rejected',
  408: 'unavailable',
  409: 'unavailable',
  412: 'changed',
  // Callers cut ranges to the known size, so a range can only be outside if the object was replaced since.
  416: 'changed',
  425: 'unavailable',
  429: 'unavailable',
  501: 'rejected'
}

/** Names that the SDK gives to an error without a body, as the response to a HEAD is. */
const UNNAMED = ['Unknown', 'UnknownError', 'BadRequest', '400', 'Error']

/** Returns what an error of S3 means. */
export function classifyS3Error (name: string, status = 0): S3Problem {
  const known = BY_NAME[name] ?? BY_STATUS[status]
  if (known !== undefined) return known
  // The response to a HEAD does not say whether the token has expired or the request is wrong.
  if (status === 400 && UNNAMED.includes(name)) return 'unavailable'
  return status >= 300 && status < 500 ? 'rejected' : 'unavailable'
}
