import type { FastifyRequest } from 'fastify'
import { PosterframeError } from '../../errors.ts'
import type { App } from '../services.ts'

const MULTIPART = /^\s*multipart\/form-data/i
const JSON_TYPE = /^\s*application\/json/i

/**
 * Registers the time limit for small bodies, which are read as a whole. Without it, a client that sends one byte now
 * and then could hold its connection for an hour. Uploads may take that long and have an idle timeout instead.
 */
export function registerBodyTimeout (app: App, timeoutMs: number): void {
  app.addHook('preParsing', async (request) => {
    const { raw } = request
    if (hasUploadBody(request) || raw.complete || raw.readableEnded) return
    // Emitted as a stream error, which ends the reading. The response can still be sent; `drain.ts` then disconnects.
    const timer = setTimeout(() => {
      const detail = `The request body did not arrive within ${timeoutMs / 1000} s. Send it without pausing.`
      raw.emit('error', new PosterframeError('invalid_request', { detail }))
    }, timeoutMs)
    const stop = () => {
      clearTimeout(timer)
    }
    raw.on('error', stop).once('end', stop).once('close', stop)
  })
}

/** Returns whether the body of a request is a file or a form, and not JSON, judged by its headers. */
export function hasUploadBody ({ raw, headers, routeOptions }: FastifyRequest): boolean {
  const { takesVideo, isUpload } = routeOptions.config
  if (raw.method === 'GET' || raw.method === 'HEAD') return false
  const type = headers['content-type'] ?? ''
  // `isMultipart()` works only after the parser has been chosen, which happens after the hooks that ask.
  return MULTIPART.test(type) || isUpload === true || (takesVideo === true && !JSON_TYPE.test(type))
}
