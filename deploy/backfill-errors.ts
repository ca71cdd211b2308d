import { ERROR_CATALOGUE, type ErrorCode } from '../src/errors.ts'

const CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[]

/** Errors of Lambda that say nothing about the request: throttling, internal errors, lost executions. */
const LAMBDA_ERRORS = [
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.Unknown'
]

/** Names of errors after which a retry can succeed. The function throws errors whose name is the code. */
export const RETRYABLE_ERRORS: readonly string[] = [
  ...LAMBDA_ERRORS,
  ...CODES.filter((code) => ERROR_CATALOGUE[code].retryable)
]

/**
 * Names of errors that the video causes: it is missing, archived, too large, corrupt or not a video. A backfill never
 * fails because of these. It does fail because of errors in the request or the permissions, which affect every task.
 */
export const VIDEO_ERRORS = [
  'source_not_found',
  'source_archived',
  'source_too_large',
  'unsupported_media',
  'no_video_track',
  'corrupt_video',
  'unsupported_codec',
  'encrypted_video',
  'timestamp_out_of_range',
  'video_limits_exceeded'
] as const satisfies readonly ErrorCode[]
