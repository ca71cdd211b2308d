import type { Prometheus } from '../../telemetry/prometheus.ts'
import { readMetricsRoute } from '../schemas/service-schemas.ts'
import type { App } from '../services.ts'

/**
 * `GET /metrics`: what the service did since it started, for Prometheus. Not on Lambda, where nobody can ask one
 * process twice.
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
