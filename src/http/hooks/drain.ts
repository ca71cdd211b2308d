import { setTimeout as delay } from 'node:timers/promises'
import { PosterframeError } from '../../errors.ts'
import type { App } from '../services.ts'

/** Time for which the rest of a rejected upload is read and discarded, so that its sender receives the response. */
const LINGER_MS = 5000

/** Longest time for recording the jobs as interrupted: a store that is down must not hold up the shutdown. */
const RECORD_MS = 5000

/** What ends requests that take too long after the service was told to stop. */
export interface DrainSettings {
  /** Time for running requests; undefined: no limit. */
  readonly drainMs?: number | undefined
  /** Records the jobs of this process as interrupted. */
  readonly interruptJobs: () => Promise<void>
}

/**
 * Registers the hooks that end connections. While the app closes, running requests finish and new ones get a 503 with
 * `Retry-After`, except `/healthz`, because the process is healthy. After `drainMs`, the jobs are recorded as
 * interrupted, and all connections are destroyed. The unread rest of a body is drained for a while, then its connection
 * is destroyed.
 */
export function registerDrain (app: App, { drainMs, interruptJobs }: DrainSettings): void {
  let closing = false
  let drainTimer: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    closing = true
    if (drainMs === undefined) return
    drainTimer = setTimeout(() => {
      void destroyConnections()
    }, drainMs)
  })
  app.addHook('onClose', async () => {
    clearTimeout(drainTimer)
  })

  async function destroyConnections (): Promise<void> {
    const recorded = interruptJobs().catch((error: unknown) => {
      app.log.error({ err: error }, 'jobs could not be recorded as interrupted')
    })
    await Promise.race([recorded, delay(RECORD_MS, undefined, { ref: false })])
    app.log.warn('connections are closed, because their requests took too long to end')
    app.server.closeAllConnections()
  }

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
