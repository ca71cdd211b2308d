import { PosterframeError, type ErrorCode } from '../../errors.ts'
import { exhaustionError } from '../../limits/exhaustion.ts'
import { isConnectionError } from '../connection-error.ts'
import { BodyLengthError } from '../guarded-body.ts'
import { classifyS3Error, type S3Problem } from './s3-error-table.ts'
import { StoreError, type StoreProblem, type StoreSubject } from '../store-error.ts'

/** Members of an error of the AWS SDK. */
interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number }
  /** Only errors that a service returned have it. */
  readonly $fault?: unknown
  /** Only errors that a response caused have it, also one that the SDK cannot parse. */
  readonly $response?: unknown
}

/** Errors of the SDK itself, before or without a response of S3. */
const CLIENT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  CredentialsProviderError: 'store_forbidden',
  ProviderError: 'store_forbidden',
  TokenProviderError: 'store_forbidden',
  TimeoutError: 'store_unavailable',
  AbortError: 'store_unavailable'
}

/** Codes of the problems that are not about one object or bucket. */
const CODES: Readonly<Partial<Record<S3Problem, ErrorCode>>> = {
  unavailable: 'store_unavailable',
  rejected: 'store_rejected',
  invalid_key: 'invalid_request'
}

const CREDENTIALS_DETAIL =
  "The service has no valid credentials for the store. Check the SDK's variables, such as AWS_ACCESS_KEY_ID or " +
  'AWS_PROFILE, or the role of the machine.'

/** What a request to S3 was about. */
export interface S3Request {
  readonly subject: StoreSubject
  readonly signal?: AbortSignal
}

/**
 * Maps an error of the S3 client, or of the stream of a body, to one of the catalogue. The reason of an aborted signal
 * takes precedence. A machine without descriptors or memory is `overloaded`. Maps only errors of S3, of the SDK and of
 * the connection besides: any other is a bug, and is returned as it is.
 */
export function toStoreError (error: unknown, { subject, signal }: S3Request): Error {
  if (signal?.aborted === true) return signal.reason as Error
  if (!(error instanceof Error)) return new Error(`The S3 client threw ${String(error)}.`)
  if (error instanceof PosterframeError) return error
  const { name, $fault, $response, $metadata } = error as SdkError
  const clientCode = CLIENT_ERRORS[name]
  if (clientCode !== undefined) {
    const detail = clientCode === 'store_forbidden' ? { detail: CREDENTIALS_DETAIL } : {}
    return new PosterframeError(clientCode, { cause: error, ...detail })
  }
  if ($fault !== undefined || $response !== undefined) {
    const problem = classifyS3Error(name, $metadata?.httpStatusCode)
    const code = CODES[problem]
    return code === undefined
      ? new StoreError(problem as StoreProblem, subject, { cause: error })
      : new PosterframeError(code, { cause: error })
  }
  const detail = findConfigurationProblem(error)
  if (detail !== undefined) return new PosterframeError('store_unavailable', { detail, cause: error })
  const overload = exhaustionError(error)
  if (overload !== undefined) return overload
  return isConnectionError(error) || error instanceof BodyLengthError
    ? new PosterframeError('store_unavailable', { cause: error })
    : error
}

/** Maps "not found" of a write, a listing or a check to a missing bucket: there is no source to be missing. */
export function blameBucket (error: Error): Error {
  if (!(error instanceof StoreError) || error.code !== 'source_not_found') return error
  return new StoreError('no_bucket', error.subject, { code: 'store_unavailable', cause: error.cause })
}

// The SDK throws a plain error for a missing region, and a TypeError of Node for a malformed endpoint.
function findConfigurationProblem (error: Error & { readonly code?: unknown }): string | undefined {
  if (error.message === 'Region is missing') return 'The service has no region for the store. Set AWS_REGION.'
  if (error.code !== 'ERR_INVALID_URL') return undefined
  return 'The endpoint of the store is not a valid URL. Correct AWS_ENDPOINT_URL_S3.'
}
