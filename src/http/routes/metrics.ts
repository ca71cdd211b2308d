import type { Prometheus } from '../../telemetry/prometheus.ts'
import { readMetricsRoute } from '../schemas/service-schemas.ts'
import type { App } from '../services.ts'

/**
 * Registers `GET /metrics`, the counters of this process in the Prometheus text format. Not registered on Lambda, where
 * consecutive scrapes reach different processes.
 */
export function registerMetrics (app: App, metrics: Pick<Prometheus, 'print'>): void {
  app.get(
    '/metrics',
    { schema: readMetricsRoute },
    async (_request, reply) => {
      const { contentType, text } = await metrics.print()
      return reply
        .type(contentType)
        .header('cache-control', 'no-store')
        .serializer((body: string) => body)
        .send(text)
    }
  )
}
