import type { SecurityConfig } from '../config/security.ts'
import type { AccessConfig } from '../config/access.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticate } from '../access/authenticate.ts'
import type { Config } from '../config/config.ts'
import type { Jobs } from '../jobs/job.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { LocalStore } from '../store/local/local-store.ts'
import type { LocalUploadStore } from '../store/local/local-upload-store.ts'
import type { Prometheus } from '../telemetry/prometheus.ts'
import type { Tracer } from '../telemetry/tracer.ts'
import type { MakeBatch } from '../thumbnails/use-cases/make-batch.ts'
import type { DescribeSource } from '../thumbnails/use-cases/describe-source.ts'
import type { MakePreview } from '../thumbnails/preview.ts'
import type { MakeStoryboard } from '../thumbnails/storyboard.ts'
import type { MakeThumbnail } from '../thumbnails/thumbnail.ts'
import type { Uploads } from '../uploads/upload.ts'

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
  readonly scratch: Pick<Scratch, 'withDirectory' | 'reserveSpace'>
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
  readonly logStream?: { write(line: string): void }
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
  readonly security?: SecuritySettings
  /** Whose word about the client's address is taken; nobody's unless given. */
  readonly trustProxy?: SecurityConfig['trustProxy']
  /** How long headers, and then a body that is no upload, may take to arrive; 20 seconds each unless given. */
  readonly arrivalTimeoutMs?: number
}

/** The app: Fastify with the types of the route schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What says who may ask for what. */
export type AccessSettings = Pick<AccessConfig, 'signingSecrets' | 'presets' | 'anonymousGet' | 'isMetricsPublic'>

/** Where nothing else is said. */
export const OPEN_ACCESS: AccessSettings = {
  signingSecrets: [],
  presets: new Map(),
  anonymousGet: 'any',
  isMetricsPublic: false
}

/** What stands before the routes; Fastify itself minds the proxies. */
export type SecuritySettings = Omit<SecurityConfig, 'trustProxy'>

/** Where nothing else is said. */
export const NO_SECURITY: SecuritySettings = {
  allowedHosts: undefined,
  corsOrigins: [],
  rateLimit: undefined,
  maxEventLoopDelayMs: 0
}
