import { PosterframeError } from '../../errors.ts'
import type { App } from '../services.ts'

const MULTIPART = /^\s*multipart\/form-data/i

/**
 * Gives a body that is read whole, which is a small one, so much time to arrive: a client that sends a byte now and
 * then would hold its connection for an hour. An upload, which may take that long, has its own watch.
 */
export function registerBodyTimeout (app: App, timeoutMs: number): void {
  app.addHook('preParsing', async (request) => {
    const { raw } = request
    // `isMultipart()` says so only after the parser was chosen, which comes behind this hook.
    if (
      MULTIPART.test(request.headers['content-type'] ?? '') ||
      request.routeOptions.config.isUpload === true ||
      raw.complete ||
      raw.readableEnded
    ) { return }
    // Told as a broken body, which ends the reading; the answer can still be sent, and `drain.ts` hangs up after it.
    const timer = setTimeout(() => {
      raw.emit('error', new PosterframeError('invalid_request', { detail: 'The body was not complete in time.' }))
    }, timeoutMs)
    const stop = () => {
      clearTimeout(timer)
    }
    raw.on('error', stop).once('end', stop).once('close', stop)
  })
}
