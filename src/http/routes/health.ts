import type { Static } from 'typebox'
import { describeResponses, refer, type ResponseDescription } from '../schemas/responses.ts'
import { HealthSchema, ReadinessSchema } from '../schemas/thumbnail-schemas.ts'
import type { App, AppServices } from '../services.ts'

const READINESS_TIMEOUT_MS = 5000

/**
 * Registers `GET /healthz`, which responds while the process runs, and `GET /readyz`, which checks the store, the
 * decoder and the scratch disk.
 */
export function registerHealth (app: App, checkReadiness: AppServices['checkReadiness']): void {
  let runningCheck: ReturnType<typeof checkReadiness> | undefined
  app.addSchema(HealthSchema)
  app.addSchema(ReadinessSchema)

  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'checkHealth',
        tags: ['service'],
        summary: 'Whether the process answers',
        security: [],
        response: {
          200: { description: 'It does.', content: { 'application/json': { schema: refer(HealthSchema) } } },
          ...describeResponses(['invalid_request'])
        }
      }
    },
    async () => ({ status: 'ok' })
  )

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'checkReadiness',
        tags: ['service'],
        summary: 'Whether requests can be answered now: the store, the decoder and the scratch disk',
        description: 'Whoever has not the verb `operate` learns only whether, not why not.',
        response: describeReadiness()
      }
    },
    async ({ identity }, reply) => {
      // Concurrent requests share one check: it decodes a frame, and callers need no credentials.
      runningCheck ??= checkReadiness(AbortSignal.timeout(READINESS_TIMEOUT_MS)).finally(() => {
        runningCheck = undefined
      })
      const { ready, checks } = await runningCheck
      const maySeeChecks = identity?.verbs.includes('operate') === true
      return reply
        .code(ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ ready, ...(maySeeChecks ? { checks } : {}) } satisfies Static<typeof ReadinessSchema>)
    }
  )
}

function describeReadiness (): Record<string, ResponseDescription> {
  const content = { 'application/json': { schema: refer(ReadinessSchema) } }
  return {
    200: { description: 'They can.', content },
    ...describeResponses(['invalid_request', 'rate_limited', 'internal_error', 'overloaded'], {
      503: { description: 'Not now, for the reasons given.', content }
    })
  }
}
