import type { Static } from 'typebox'
import { checkHealthRoute, checkReadinessRoute, HealthSchema, ReadinessSchema } from '../schemas/service-schemas.ts'
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

  app.get('/healthz', { schema: checkHealthRoute }, async () => ({ status: 'ok' }))

  app.get(
    '/readyz',
    { schema: checkReadinessRoute },
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
