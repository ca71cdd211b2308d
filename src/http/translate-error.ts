import { isPosterframeError, PosterframeError } from '../errors.ts'

const DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as Content-Length says.',
  FST_ERR_BAD_URL: 'The URL is not encoded as it should be.'
}

/**
 * The error of the catalogue that stands for whatever was thrown while a request was answered. The framework's
 * refusals become `invalid_request`, `unsupported_content_type` or `upload_too_large`; all else is `internal_error`
 * with the thrown value as its cause.
 */
export function translateError (thrown: unknown): PosterframeError {
  if (isPosterframeError(thrown)) return thrown
  const { code, statusCode } = Object(thrown) as { code?: unknown, statusCode?: unknown }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new PosterframeError('unsupported_content_type', { detail: 'Send application/json or multipart/form-data.' })
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new PosterframeError('upload_too_large', { detail: 'The body is larger than a JSON body may be.' })
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    const detail = DETAILS[String(code)] ?? 'The request could not be read.'
    return new PosterframeError('invalid_request', { detail, cause: thrown })
  }
  return new PosterframeError('internal_error', { cause: thrown })
}
