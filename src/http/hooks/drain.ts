import { PosterframeError } from '../../errors.ts'
import type { App } from '../services.ts'

/** Time for which the rest of a rejected upload is read and discarded, so that its sender receives the response. */
const LINGER_MS = 5000

/**
 * Registers the hooks that end connections. While the app closes, running requests finish and new ones get a 503 with
 * `Retry-After`, except `/healthz`, because the process is healthy. The unread rest of a body is drained for a while,
 * then the connection is destroyed.
 */
export function registerDrain (app: App): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })

  app.addHook('onRequest', async (request) => {
    if (closing && request.routeOptions.url !== '/healthz') {
      throw new PosterframeError('overloaded', {
        detail: 'The service is shutting down. Retry in 5 seconds.',
        retryAfterSeconds: 5
      })
    }
  })

  app.addHook('onSend', async (_request, reply) => {
    if (closing) void reply.header('connection', 'close')
  })

  app.addHook('onResponse', async ({ raw }) => {
    if (raw.readableEnded || raw.destroyed) return
    const timer = setTimeout(() => {
      raw.destroy()
    }, LINGER_MS).unref()
    raw.once('close', () => {
      clearTimeout(timer)
    })
    raw.once('end', () => {
      clearTimeout(timer)
    })
    raw.resume()
  })
}
