import type { Static } from 'typebox'
import { checkHealthRoute, checkReadinessRoute, HealthSchema, ReadinessSchema } from '../schemas/service-schemas.ts'
import type { App, AppServices } from '../services.ts'

const READINESS_TIMEOUT_MS = 5000

/** `GET /healthz`: the process answers. `GET /readyz`: what it stands on answers too. */
export function registerHealth (app: App, checkReadiness: AppServices['checkReadiness']): void {
  let running: ReturnType<typeof checkReadiness> | undefined
  app.addSchema(HealthSchema)
  app.addSchema(ReadinessSchema)

  app.get('/healthz', { schema: checkHealthRoute }, async () => ({ status: 'ok' }))

  app.get(
    '/readyz',
    { schema: checkReadinessRoute },
    async ({ identity }, reply) => {
      // One check at a time for all who ask: it costs a decode, and anyone may ask.
      running ??= checkReadiness(AbortSignal.timeout(READINESS_TIMEOUT_MS)).finally(() => {
        running = undefined
      })
      const { ready, checks } = await running
      const maySeeChecks = identity?.verbs.includes('operate') === true
      return reply
        .code(ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ ready, ...(maySeeChecks ? { checks } : {}) } satisfies Static<typeof ReadinessSchema>)
    }
  )
}
