import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../config.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { LocalStore } from '../storage/local-store.ts'
import type { Prometheus } from '../telemetry/prometheus.ts'
import type { Tracer } from '../telemetry/tracer.ts'
import type { MakeThumbnail } from '../thumbnails/thumbnail.ts'
import { registerDrain } from './drain.ts'
import { buildFastifyOptions } from './fastify-options.ts'
import { handleError } from './handle-error.ts'
import { registerHealth } from './health.ts'
import { registerMetrics } from './metrics.ts'
import { registerObjects } from './objects.ts'
import { observeRequests } from './observe-requests.ts'
import { registerOpenapi, registerOpenapiPages } from './openapi.ts'
import { checkEncoding, handleNotFound } from './routing.ts'
import { registerThumbnails } from './thumbnails.ts'
import { compileValidator } from './validation.ts'

/** What `/readyz` says: whether requests can be answered, and which part is at fault where not. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, { readonly ok: boolean, readonly detail?: string }>>
}

/** What the HTTP layer stands on; `compose.ts` builds it, tests pass fakes. */
export interface AppServices {
  readonly makeThumbnail: MakeThumbnail
  readonly scratch: Pick<Scratch, 'withDirectory' | 'ensureRoom'>
  /** The local store, whose signed URLs this app serves itself under `/objects`. */
  readonly objects?: LocalStore | undefined
  readonly checkReadiness: (signal: AbortSignal) => Promise<Readiness>
  /** Counts requests, and answers `/metrics`; there is none on Lambda. */
  readonly metrics?: Prometheus | undefined
  readonly tracer?: Tracer | undefined
}

/** How the HTTP layer is set up; `settings.ts` takes it from the configuration. */
export interface AppSettings {
  /** The bucket of a source that comes without one. */
  readonly defaultBucket: string
  readonly maxUploadBytes: number
  /** How long a request may take once its body is complete. */
  readonly timeoutMs: number
  readonly logLevel: Config['logLevel']
  /** Where the log goes instead of standard output, a line at a time. */
  readonly logStream?: { write (line: string): void }
  readonly onLambda: boolean
  /** Stands in the OpenAPI document. */
  readonly version: string
  /** An upload that sends nothing for so long is given up; 30 seconds unless given. */
  readonly uploadIdleMs?: number
}

/** The app: Fastify with the types of the route schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>

/** Builds the whole HTTP layer, not yet listening: `server.ts` listens, `lambda.ts` puts it behind an adapter, tests inject. */
export async function buildApp (services: AppServices, settings: AppSettings): Promise<App> {
  const app: App = fastify(buildFastifyOptions(settings)).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(compileValidator)
  // What is answered is what was made: the schemas describe it, and the tests hold it against them.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(handleNotFound)
  observeRequests(app, { recorder: services.metrics, tracer: services.tracer })
  app.addHook('onRequest', checkEncoding)
  registerDrain(app)
  await registerOpenapi(app, settings.version)
  await app.register(multipart, { throwFileSizeLimit: false })

  registerThumbnails(app, services, settings)
  if (services.objects !== undefined) registerObjects(app, services.objects)
  registerHealth(app, services.checkReadiness)
  if (services.metrics !== undefined) registerMetrics(app, services.metrics)
  await registerOpenapiPages(app)
  return app
}
