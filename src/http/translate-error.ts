import type { FastifyRequest } from 'fastify'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import { exhaustionError } from '../limits/exhaustion.ts'
import { bodyTypeError } from './body-type.ts'
import { MAX_JSON_BYTES } from './services.ts'

const DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The request body is empty. Send a JSON object, such as {"key": "sample.mp4"}.',
  FST_ERR_CTP_INVALID_JSON_BODY:
    'The request body is not valid JSON. Use double quotes for names and texts, and no comma after the last member.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH:
    'The length of the request body differs from Content-Length. Send the length of the body in bytes.',
  FST_ERR_BAD_URL: 'The URL is not valid percent-encoded UTF-8. Encode a percent sign as %25.'
}

/**
 * Translates a thrown value to an error of the catalogue. Client errors of Fastify become `invalid_request`,
 * `unsupported_content_type` or `upload_too_large`. The errors of a machine that has no process, thread, descriptor or
 * memory left become `overloaded`; any other value becomes `internal_error` with the value as its cause.
 *
 * @param request the request whose body is named in the error; undefined if it was not parsed
 */
export function translateError (thrown: unknown, request?: FastifyRequest): PosterframeError {
  if (isPosterframeError(thrown)) return thrown
  const { code, statusCode } = Object(thrown) as { code?: unknown, statusCode?: unknown }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' && request !== undefined) return bodyTypeError(request)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new PosterframeError('upload_too_large', {
      detail: `The JSON body exceeds ${MAX_JSON_BYTES.toLocaleString('en')} bytes.`
    })
  }
  // Other libraries set a status too, which is not that of this request.
  const isFastifyError = typeof code === 'string' && code.startsWith('FST_')
  if (isFastifyError && typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    const detail = DETAILS[String(code)] ?? 'The request could not be parsed.'
    return new PosterframeError('invalid_request', { detail, cause: thrown })
  }
  return exhaustionError(thrown) ?? new PosterframeError('internal_error', { cause: thrown })
}
