import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyRequest } from 'fastify'
import { PosterframeError } from '../../errors.ts'
import type { App } from '../services.ts'

const WINDOW_MS = 1000
const RESOLUTION_MS = 10

/**
 * Registers the hook that sheds load: 503 `overloaded` while the mean event-loop delay over a second exceeds
 * `maxDelayMs`. Measures the delay with a histogram of Node's, which needs no file descriptor and cannot fail.
 *
 * @param isExempt returns whether a request is handled all the same
 */
export function registerLoadShedding (
  app: App,
  maxDelayMs: number,
  isExempt: (request: FastifyRequest) => boolean
): void {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  let delayMs = 0
  histogram.enable()
  const timer = setInterval(() => {
    delayMs = histogram.count === 0 ? 0 : Math.max(0, histogram.mean / 1e6 - RESOLUTION_MS)
    histogram.reset()
  }, WINDOW_MS).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    histogram.disable()
  })
  app.addHook('onRequest', async (request) => {
    if (delayMs > maxDelayMs && !isExempt(request)) throw new PosterframeError('overloaded', { retryAfterSeconds: 1 })
  })
}
