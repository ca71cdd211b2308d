import type { FastifyRequest } from 'fastify'
import { bodyEncodingError, bodyTypeError } from '../body-type.ts'
import type { App } from '../services.ts'

/**
 * Registers the checks of a body that no parser makes: a compressed body would be malformed JSON or no video, and the
 * parser of forms accepts a form on every route, unread. An upload to the store may have any type, as with S3.
 */
export function registerBodyType (app: App): void {
  app.addHook('preParsing', async ({ headers, routeOptions }) => {
    const encoding = headers['content-encoding']?.trim() ?? ''
    if (routeOptions.config.isUpload === true || /^(identity)?$/i.test(encoding)) return
    if (hasBody(headers)) throw bodyEncodingError(encoding)
  })
  app.addHook('preValidation', async (request) => {
    const { takesVideo, isUpload } = request.routeOptions.config
    if (takesVideo === true || isUpload === true || request.is404) return
    if (request.isMultipart()) throw bodyTypeError(request)
  })
}

/** Returns whether a request has a body (RFC 9112, section 6). */
function hasBody (headers: FastifyRequest['headers']): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
}
