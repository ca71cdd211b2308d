import { ERROR_CATALOGUE, type ErrorCode } from '../src/errors.ts'

const CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[]

/**
 * What Lambda itself throws where nothing is wrong with the request: throttled, its own trouble, or an execution that
 * was lost.
 */
const LAMBDA_ERRORS = [
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.Unknown'
]

/** Names of the errors after which the same task can succeed. The function throws errors whose name is the code. */
export const RETRYABLE_ERRORS: readonly string[] = [
  ...LAMBDA_ERRORS,
  ...CODES.filter((code) => ERROR_CATALOGUE[code].retryable)
]

/**
 * Names of the errors that are the video's own: it is gone, archived, too large, no video, or damaged. They are no
 * failures of a backfill, however many there are. What is wrong with the request or with the rights is: then every
 * other task would fail as well.
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
