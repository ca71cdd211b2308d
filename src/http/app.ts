import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify from 'fastify'
import { registerAccess } from './hooks/access.ts'
import { registerBatch } from './routes/batch.ts'
import { registerBodyTimeout } from './hooks/body-timeout.ts'
import { registerBodyType } from './hooks/body-type.ts'
import { registerConnectionLimits } from './hooks/connections.ts'
import { registerDrain } from './hooks/drain.ts'
import { ARRIVAL_TIMEOUT_MS, buildFastifyOptions } from './fastify-options.ts'
import { registerRequestLimit } from './hooks/request-limit.ts'
import { registerSecurity, registerRateLimit } from './hooks/security.ts'
import { registerJsonParser } from './json-parser.ts'
import { handleError } from './handle-error.ts'
import { registerHealth } from './routes/health.ts'
import { registerJobs } from './routes/jobs.ts'
import { registerMetrics } from './routes/metrics.ts'
import { registerObjects } from './routes/objects.ts'
import { observeRequests } from './hooks/observe-requests.ts'
import { registerOpenapi, registerOpenapiPages } from './openapi.ts'
import { registerPlayground } from './routes/playground.ts'
import { registerLocalUploads } from './routes/local-uploads.ts'
import { checkEncoding, registerNotFound } from './routing.ts'
import { registerPreviews } from './routes/previews.ts'
import { registerStoryboards } from './routes/storyboards.ts'
import { registerThumbnails } from './routes/thumbnails.ts'
import { registerUploads } from './routes/uploads.ts'
import { registerUploadLimit } from './hooks/upload-limit.ts'
import { compileValidator } from './validation.ts'
import { registerVideos } from './routes/videos.ts'
import { type AppServices, type AppSettings, type App, OPEN_ACCESS, NO_SECURITY } from './services.ts'

/**
 * Builds the HTTP layer without listening: `server.ts` listens, `lambda.ts` uses an adapter, tests inject requests.
 *
 * A request passes these steps in order:
 *
 * 1. `onRequest`: starts the trace span (`hooks/observe-requests.ts`)
 * 2. `onRequest`: rejects requests beyond the limit of their connection (`hooks/connections.ts`) or of all connections
 *    together (`hooks/request-limit.ts`)
 * 3. `onRequest`: request id header, host allow-list, cross-site requests, security headers, CORS, load shedding
 *    (`hooks/security.ts`, `hooks/shed-load.ts`)
 * 4. `onRequest`: URL encoding (`routing.ts`)
 * 5. `onRequest`: rejects new requests while the app closes (`hooks/drain.ts`)
 * 6. `onRequest`: identifies the caller (`hooks/access.ts`)
 * 7. `onRequest` of each route: rate limit (`hooks/security.ts`)
 * 8. `preParsing`: rejects callers without permission (`hooks/access.ts`)
 * 9. `preParsing`: rejects a compressed body (`hooks/body-type.ts`), limits the uploads at once
 *    (`hooks/upload-limit.ts`), or starts the time limit of another body (`hooks/body-timeout.ts`)
 * 10. parsing, `preValidation`: rejects a form if the route does not take one (`hooks/body-type.ts`), then validation
 *    (`validation.ts`)
 * 11. `preHandler`: enters the trace span (`hooks/observe-requests.ts`)
 * 12. the route (`routes/`), or `handleError` if a step throws
 * 13. `onResponse`: records metrics and ends the span (`hooks/observe-requests.ts`), drains an unread body
 *     (`hooks/drain.ts`)
 */
export async function buildApp (services: AppServices, settings: AppSettings): Promise<App> {
  const app: App = fastify(buildFastifyOptions(settings)).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(compileValidator)
  // The response schemas only document; the tests compare every response with them.
  app.setSerializerCompiler(() => (body) => JSON.stringify(body))
  app.removeContentTypeParser('text/plain')
  registerJsonParser(app)
  app.setErrorHandler(handleError)
  observeRequests(app, { recorder: services.metrics, tracer: services.tracer })
  // Rejects what is beyond the limit of its connection before that counts as a request in flight.
  registerConnectionLimits(app, settings.connections ?? {}, () => endWaiting())
  const endWaiting = registerRequestLimit(app, settings.connections?.maxRequests)
  const security = settings.security ?? NO_SECURITY
  await registerSecurity(app, security)
  app.addHook('onRequest', checkEncoding)
  registerDrain(app, {
    drainMs: settings.connections?.drainMs,
    interruptJobs: async () => {
      await services.jobs.close()
    }
  })
  registerAccess(app, services.authenticate, settings.access ?? OPEN_ACCESS)
  await registerRateLimit(app, security)
  registerNotFound(app)
  await registerOpenapi(app, settings.version)
  await app.register(multipart, { throwFileSizeLimit: false })
  registerBodyType(app)
  registerUploadLimit(app, settings.connections ?? {})
  registerBodyTimeout(app, settings.arrivalTimeoutMs ?? ARRIVAL_TIMEOUT_MS)

  registerHealth(app, services.checkReadiness)
  if (services.metrics !== undefined) registerMetrics(app, services.metrics)
  if (settings.isWorker === true) return app
  registerThumbnails(app, services, settings)
  registerUploads(app, services, settings)
  const batch = registerBatch(app, services, settings)
  const storyboard = registerStoryboards(app, services, settings)
  const preview = registerPreviews(app, services, settings)
  registerJobs(app, services, settings, { batch, storyboard, preview })
  registerVideos(app, services, settings)
  if (services.objects !== undefined) registerObjects(app, services.objects)
  if (services.localUploads !== undefined) registerLocalUploads(app, services.localUploads, settings)
  registerOpenapiPages(app)
  await registerPlayground(app)
  return app
}
