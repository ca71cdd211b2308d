import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticate } from '../access/authenticate.ts'
import type { Config } from '../config.ts'
import type { GuardConfig } from '../config-guards.ts'
import type { Jobs } from '../jobs/job.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { LocalStore } from '../storage/local-store.ts'
import type { LocalUploadStore } from '../storage/local-upload-store.ts'
import type { Prometheus } from '../telemetry/prometheus.ts'
import type { Tracer } from '../telemetry/tracer.ts'
import type { MakeBatch } from '../thumbnails/make-batch.ts'
import type { DescribeSource } from '../thumbnails/describe-source.ts'
import type { MakePreview } from '../thumbnails/preview.ts'
import type { MakeStoryboard } from '../thumbnails/storyboard.ts'
import type { MakeThumbnail } from '../thumbnails/thumbnail.ts'
import type { Uploads } from '../uploads/upload.ts'
import { type AccessSettings, OPEN_ACCESS, registerAccess } from './access.ts'
import { registerBatch } from './batch.ts'
import { registerBodyTimeout } from './body-timeout.ts'
import { registerDrain } from './drain.ts'
import { ARRIVAL_TIMEOUT_MS, buildFastifyOptions } from './fastify-options.ts'
import { type GuardSettings, NO_GUARDS, registerGuards, registerRateLimit } from './guards.ts'
import { handleError } from './handle-error.ts'
import { registerHealth } from './health.ts'
import { registerJobs } from './jobs.ts'
import { registerMetrics } from './metrics.ts'
import { registerObjects } from './objects.ts'
import { observeRequests } from './observe-requests.ts'
import { registerOpenapi, registerOpenapiPages } from './openapi.ts'
import { registerPlayground } from './playground.ts'
import { registerLocalUploads } from './receive-object.ts'
import { checkEncoding, registerNotFound } from './routing.ts'
import { registerPreviews } from './previews.ts'
import { registerStoryboards } from './storyboards.ts'
import { registerThumbnails } from './thumbnails.ts'
import { registerUploads } from './uploads.ts'
import { compileValidator } from './validation.ts'
import { registerVideos } from './videos.ts'

/** What `/readyz` says: whether requests can be answered, and which part is at fault where not. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, { readonly ok: boolean, readonly detail?: string }>>
}

/** What the HTTP layer stands on; `compose.ts` builds it, tests pass fakes. */
export interface AppServices {
  readonly makeThumbnail: MakeThumbnail
  readonly uploads: Uploads
  readonly jobs: Jobs
  readonly describeSource: DescribeSource
  readonly makeBatch: MakeBatch
  readonly makeStoryboard: MakeStoryboard
  readonly makePreview: MakePreview
  readonly scratch: Pick<Scratch, 'withDirectory' | 'ensureRoom'>
  /** The local store, whose signed URLs this app serves itself under `/objects`. */
  readonly objects?: LocalStore | undefined
  /** Where this app takes what the local store has signed for uploading. */
  readonly localUploads?: LocalUploadStore | undefined
  /** Finds out who asks; absent: everyone may do everything. */
  readonly authenticate?: Authenticate | undefined
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
  /** Whether this process takes messages and nothing else: then it answers only those who look after it. */
  readonly isWorker?: boolean
  /** Whether the URLs of thumbnails last, so that an answer that a client has kept is as good as a new one. */
  readonly isDelivered?: boolean
  /** Stands in the OpenAPI document. */
  readonly version: string
  /** An upload that sends nothing for so long is given up; 30 seconds unless given. */
  readonly uploadIdleMs?: number
  /** Who may ask for what; everyone for anything unless given. */
  readonly access?: AccessSettings
  /** What stands before the routes; nothing unless given. */
  readonly guards?: GuardSettings
  /** Whose word about the client's address is taken; nobody's unless given. */
  readonly trustProxy?: GuardConfig['trustProxy']
  /** How long headers, and then a body that is no upload, may take to arrive; 20 seconds each unless given. */
  readonly arrivalTimeoutMs?: number
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
  observeRequests(app, { recorder: services.metrics, tracer: services.tracer })
  const guards = settings.guards ?? NO_GUARDS
  await registerGuards(app, guards)
  app.addHook('onRequest', checkEncoding)
  registerDrain(app)
  registerAccess(app, services.authenticate, settings.access ?? OPEN_ACCESS)
  await registerRateLimit(app, guards)
  registerNotFound(app)
  await registerOpenapi(app, settings.version)
  await app.register(multipart, { throwFileSizeLimit: false })
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
