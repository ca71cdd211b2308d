import { Type } from 'typebox'
import type { Prometheus } from '../../telemetry/prometheus.ts'
import { describeResponses } from '../schemas/responses.ts'
import type { App } from '../services.ts'

/**
 * Registers `GET /metrics`, the counters of this process in the Prometheus text format. Not registered on Lambda, where
 * consecutive scrapes reach different processes.
 */
export function registerMetrics (app: App, metrics: Pick<Prometheus, 'print'>): void {
  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'readMetrics',
        tags: ['service'],
        summary: 'Figures for Prometheus',
        description: 'In the text format of Prometheus. `docs/operations.md` lists what is counted.',
        response: {
          200: { description: 'The figures since the start.', content: { 'text/plain': { schema: Type.String() } } },
          ...describeResponses(['invalid_request', 'internal_error', 'overloaded'])
        }
      }
    },
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
