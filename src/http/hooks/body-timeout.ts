import { PosterframeError } from '../../errors.ts'
import { hasUploadBody } from '../body-type.ts'
import type { App } from '../services.ts'

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
