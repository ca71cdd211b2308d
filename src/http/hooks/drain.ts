import { PosterframeError } from '../../errors.ts'
import type { App } from '../services.ts'

// An upload that was refused half-way is read and thrown away for so long, so that its sender gets to see the answer.
const LINGER_MS = 5000

/**
 * What becomes of connections: while the app closes, running requests finish and new ones get a 503 with `Retry-After`
 * (`/healthz` stays well, since the process is); and a body that nobody read is drained for a while, then cut off.
 */
export function registerDrain (app: App): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })

  app.addHook('onRequest', async (request) => {
    if (closing && request.routeOptions.url !== '/healthz') {
      throw new PosterframeError('overloaded', { detail: 'The service is shutting down.', retryAfterSeconds: 5 })
    }
  })

  app.addHook('onSend', async (_request, reply) => {
    if (closing) void reply.header('connection', 'close')
  })

  app.addHook('onResponse', async ({ raw }) => {
    if (raw.readableEnded || raw.destroyed) return
    const cut = setTimeout(() => {
      raw.destroy()
    }, LINGER_MS).unref()
    raw.once('close', () => {
      clearTimeout(cut)
    })
    raw.once('end', () => {
      clearTimeout(cut)
    })
    raw.resume()
  })
}
