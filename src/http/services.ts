import type { SecurityConfig } from '../config/security.ts'
import type { ConnectionsConfig } from '../config/connections.ts'
import type { AccessConfig } from '../config/access.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticate } from '../access/authenticate.ts'
import type { Config } from '../config/config.ts'
import type { Readiness } from '../runtime/readiness.ts'
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

/** Dependencies of the HTTP layer. `compose.ts` builds them; tests pass fakes. */
export interface AppServices {
  readonly makeThumbnail: MakeThumbnail
  readonly uploads: Uploads
  readonly jobs: Jobs
  readonly describeSource: DescribeSource
  readonly makeBatch: MakeBatch
  readonly makeStoryboard: MakeStoryboard
  readonly makePreview: MakePreview
  readonly scratch: Pick<Scratch, 'withDirectory' | 'reserveSpace'>
  /** Local store whose signed URLs this app serves under `/objects`; undefined with S3. */
  readonly objects?: LocalStore | undefined
  /** Local store whose signed upload URLs this app serves under `/objects`; undefined with S3. */
  readonly localUploads?: LocalUploadStore | undefined
  /** Identifies the caller. If undefined, every caller has every permission. */
  readonly authenticate?: Authenticate | undefined
  readonly checkReadiness: (signal: AbortSignal) => Promise<Readiness>
  /** Counters served at `/metrics`; undefined on Lambda. */
  readonly metrics?: Prometheus | undefined
  readonly tracer?: Tracer | undefined
}

/** Settings of the HTTP layer. `settings.ts` derives them from the configuration. */
export interface AppSettings {
  /** Bucket of a source whose request names none. */
  readonly defaultBucket: string
  /** Buckets of sources that the service reads. Default: the use cases alone check the bucket. */
  readonly sourceBuckets?: readonly string[]
  readonly maxUploadBytes: number
  /** Time limit of a request, from the end of its body. */
  readonly timeoutMs: number
  readonly logLevel: Config['logLevel']
  /** Destination of the log lines. Default: standard output. */
  readonly logStream?: { write(line: string): void }
  readonly onLambda: boolean
  /** True if this process only handles queue messages. It then serves health, readiness and metrics alone. */
  readonly isWorker?: boolean
  /** True if thumbnail URLs do not expire, so that a cached response stays valid. */
  readonly isDelivered?: boolean
  /** Version in the OpenAPI document. */
  readonly version: string
  /** Longest time an upload may pause. Default: 30 seconds. */
  readonly uploadIdleMs?: number
  /** Access control. Default: every caller has every permission. */
  readonly access?: AccessSettings
  /** Checks before the routes. Default: none. */
  readonly security?: SecuritySettings
  /** Limits of connections and uploads. Default: none. */
  readonly connections?: Partial<ConnectionsConfig>
  /** Proxies whose `X-Forwarded-For` is trusted. Default: none. */
  readonly trustProxy?: SecurityConfig['trustProxy']
  /** Time limit for the headers, and then for a body that is not an upload. Default: 20 seconds each. */
  readonly arrivalTimeoutMs?: number
}

/** Fastify app with the types of the route schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Largest JSON body, in bytes. */
export const MAX_JSON_BYTES = 64 * 1024

/** Settings of access control. */
export type AccessSettings = Pick<AccessConfig, 'signingSecrets' | 'presets' | 'anonymousGet' | 'isMetricsPublic'>

/** Default access settings: every caller has every permission. */
export const OPEN_ACCESS: AccessSettings = {
  signingSecrets: [],
  presets: new Map(),
  anonymousGet: 'any',
  isMetricsPublic: false
}

/** Settings of the security hooks. Fastify itself handles trusted proxies. */
export type SecuritySettings = Omit<SecurityConfig, 'trustProxy'>

/** Default security settings: no checks. */
export const NO_SECURITY: SecuritySettings = {
  allowedHosts: undefined,
  corsOrigins: [],
  rateLimit: undefined,
  maxEventLoopDelayMs: 0
}
