import { availableParallelism, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { type AccessConfig, readAccess } from './access.ts'
import { type SecurityConfig, readSecurityConfig } from './security.ts'
import { type EventsConfig, readEventSettings } from './events.ts'
import { createEnvironmentReader } from './environment.ts'
import type { Environment, EnvironmentReader } from './environment.ts'
import { readS3Writing, type S3EncryptionConfig } from './s3.ts'
import { readUploads, type UploadConfig } from './uploads.ts'
import { isLoopback } from './loopback.ts'

/** Where the service runs and what it may do; read once, checked together, frozen. README lists the variables. */
export interface Config {
  readonly store: 's3' | 'local'
  readonly outputBucket: string
  /** Ends with a slash, or is empty. */
  readonly outputPrefix: string
  /** The allow-list; the first is the default bucket. Never empty. */
  readonly sourceBuckets: readonly [string, ...string[]]
  /**
   * Base of the URLs of thumbnails in the place of presigned ones, without a slash at the end; undefined: they are
   * presigned.
   */
  readonly deliveryUrl: string | undefined
  /** Absolute. */
  readonly localDir: string
  /** What the keys of sources may begin with; undefined: anything. Each ends with a slash. */
  readonly sourcePrefixes: readonly string[] | undefined
  readonly s3ForcePathStyle: boolean
  /** How pictures are encrypted at rest; undefined: as the bucket says. */
  readonly s3Encryption: S3EncryptionConfig | undefined
  /** The account that the buckets belong to; undefined: whichever. */
  readonly s3ExpectedBucketOwner: string | undefined
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /**
   * Base of the local store's signed URLs, without a slash at the end; undefined: the address listened on (loopback
   * only).
   */
  readonly publicUrl: string | undefined
  /** Absolute. */
  readonly scratchDir: string
  readonly maxUploadBytes: number
  /** Uploads that go to the store past the service. */
  readonly uploads: UploadConfig
  readonly maxSourceBytes: number
  readonly maxPixels: number
  readonly timeoutMs: number
  /** For work that nobody waits for; no less than `timeoutMs`. */
  readonly jobTimeoutMs: number
  readonly slots: number
  /** How many may wait for a slot, in all. */
  readonly queue: number
  readonly access: AccessConfig
  readonly events: EventsConfig
  readonly security: SecurityConfig
  /**
   * What decodes: a program for each task, or workers with libav in them; undefined: the program where there is one.
   */
  readonly decoder: 'ffmpeg' | 'libav' | undefined
  /** Whether all workers of libav start with the service and not with the first request that needs them. */
  readonly decoderWarmup: boolean
  readonly ffmpegPath: string | undefined
  /** Whether the service refuses to start where what decodes cannot be isolated. */
  readonly isolation: 'strict' | 'best-effort'
  /** Base of the collector that traces go to, without a slash at the end; undefined: nothing is traced. */
  readonly otlpEndpoint: string | undefined
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

/** The machine as far as defaults depend on it. */
export interface Platform {
  readonly cpus: number
  /**
   * How many may decode at once beyond the processors, so that these have work while others wait for files and pipes;
   * 0 unless given.
   */
  readonly spareSlots?: number
  /** The system's temporary directory. */
  readonly tmpdir: string
  /** Whether this is an AWS Lambda function: one request at a time, and no address of its own. */
  readonly lambda: boolean
}

/** The environment does not make a configuration. The message names every bad variable, one per line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** EX_CONFIG of sysexits.h: a restart does not help. */
  readonly exitCode = 78

  constructor (problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems].join('\n  '))
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const MAX_PREFIX_BYTES = 200

/**
 * Reads the whole configuration out of environment variables.
 *
 * @throws ConfigError naming every variable that is wrong, missing or unknown
 */
export function loadConfig (env: Environment, platform: Platform = readPlatform(env)): Config {
  const reader = createEnvironmentReader(env)
  const buckets = readBuckets(reader)
  const address = readAddress(reader)
  const limits = readLimits(reader, platform)
  const access = readAccess(reader)
  const config: Config = {
    ...buckets,
    ...address,
    ...limits,
    outputPrefix: reader.readParsed(
      'POSTERFRAME_OUTPUT_PREFIX',
      'thumbnails/',
      `path segments such as thumbnails/ (at most ${MAX_PREFIX_BYTES} bytes, none of them empty, . or ..), or / for none`,
      parsePrefix
    ),
    deliveryUrl: reader.readParsed<string | undefined>(
      'POSTERFRAME_DELIVERY_URL',
      undefined,
      'an http or https URL without credentials, query or fragment',
      parseBaseUrl
    ),
    localDir: resolve(reader.readText('POSTERFRAME_LOCAL_DIR') ?? './data'),
    sourcePrefixes: reader.readParsed<readonly string[] | undefined>(
      'POSTERFRAME_SOURCE_PREFIXES',
      undefined,
      'beginnings of keys, comma separated, each ending with a slash',
      parsePrefixes
    ),
    ...readS3Writing(reader),
    uploads: readUploads(reader, buckets.sourceBuckets, parsePrefix, platform.lambda),
    s3ForcePathStyle: reader.readFlag('POSTERFRAME_S3_FORCE_PATH_STYLE', false),
    scratchDir: resolve(reader.readText('POSTERFRAME_SCRATCH_DIR') ?? platform.tmpdir),
    access,
    events: readEventSettings(reader, access.presets),
    security: readSecurityConfig(reader, address, platform.lambda),
    decoder: reader.readParsed<Config['decoder']>(
      'POSTERFRAME_DECODER',
      undefined,
      'one of ffmpeg, libav',
      parseDecoder
    ),
    decoderWarmup: reader.readFlag('POSTERFRAME_DECODER_WARMUP', platform.lambda),
    ffmpegPath: reader.readText('FFMPEG_PATH'),
    isolation: reader.readChoice('POSTERFRAME_ISOLATION', 'best-effort', ['strict', 'best-effort']),
    otlpEndpoint: readOtlpEndpoint(reader),
    logLevel: reader.readChoice('POSTERFRAME_LOG_LEVEL', 'info', LOG_LEVELS)
  }
  checkExposure(config, reader, platform)
  if (reader.problems.length > 0) throw new ConfigError(reader.problems)
  Object.freeze(config.sourceBuckets)
  return Object.freeze(config)
}

/** The machine that this runs on. */
export function readPlatform (env: Environment): Platform {
  return { cpus: availableParallelism(), tmpdir: tmpdir(), lambda: env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined }
}

function readBuckets (reader: EnvironmentReader): Pick<Config, 'store' | 'outputBucket' | 'sourceBuckets'> {
  const hasOutputBucket = reader.readText('POSTERFRAME_OUTPUT_BUCKET') !== undefined
  const store = reader.readChoice('POSTERFRAME_STORE', hasOutputBucket ? 's3' : 'local', ['s3', 'local'])
  for (const name of ['POSTERFRAME_OUTPUT_BUCKET', 'POSTERFRAME_SOURCE_BUCKETS'] as const) {
    if (store === 's3' && reader.readText(name) === undefined) reader.report(name, 'must be set for the s3 store')
  }
  const outputBucket = reader.readParsed('POSTERFRAME_OUTPUT_BUCKET', 'thumbnails', 'the name of a bucket', parseBucket)
  const sourceBuckets = reader.readParsed<readonly [string, ...string[]]>(
    'POSTERFRAME_SOURCE_BUCKETS',
    ['videos'],
    'names of buckets, comma separated',
    parseBuckets
  )
  return { store, outputBucket, sourceBuckets }
}

function readAddress (reader: EnvironmentReader): Pick<Config, 'host' | 'port' | 'publicUrl'> {
  const range = { minimum: 0, maximum: 65_535 }
  const hasOwnPort = reader.readText('POSTERFRAME_PORT') !== undefined
  return {
    host: reader.readText('POSTERFRAME_HOST') ?? '127.0.0.1',
    port: reader.readCount(hasOwnPort ? 'POSTERFRAME_PORT' : 'PORT', 3000, range),
    publicUrl: reader.readParsed<string | undefined>(
      'POSTERFRAME_PUBLIC_URL',
      undefined,
      'an http or https URL without credentials, query or fragment',
      parseBaseUrl
    )
  }
}

function readOtlpEndpoint (reader: EnvironmentReader): string | undefined {
  const name =
    reader.readText('POSTERFRAME_OTLP_ENDPOINT') === undefined
      ? 'OTEL_EXPORTER_OTLP_ENDPOINT'
      : 'POSTERFRAME_OTLP_ENDPOINT'
  return reader.readParsed<string | undefined>(
    name,
    undefined,
    'an http or https URL without credentials, query or fragment',
    parseBaseUrl
  )
}

function readLimits (reader: EnvironmentReader, { cpus, spareSlots = 0, lambda }: Platform) {
  const timeoutMs = reader.readCount('POSTERFRAME_TIMEOUT_MS', 25_000, { minimum: 100, maximum: 3_600_000 })
  const slots = reader.readCount('POSTERFRAME_SLOTS', lambda ? 1 : cpus + spareSlots, { minimum: 1, maximum: 1024 })
  return {
    slots,
    queue: reader.readCount('POSTERFRAME_QUEUE', lambda ? 0 : 8 * slots, { minimum: 0, maximum: 100_000 }),
    maxUploadBytes: reader.readBytes('POSTERFRAME_MAX_UPLOAD_BYTES', 2 ** 30),
    maxSourceBytes: reader.readBytes('POSTERFRAME_MAX_SOURCE_BYTES', 5 * 2 ** 30),
    maxPixels: reader.readCount('POSTERFRAME_MAX_PIXELS', 36_000_000, { minimum: 1, maximum: 268_402_689 }),
    timeoutMs,
    jobTimeoutMs: reader.readCount('POSTERFRAME_JOB_TIMEOUT_MS', Math.max(900_000, timeoutMs), {
      minimum: timeoutMs,
      maximum: 86_400_000
    })
  }
}

/** What is reachable by others must have been meant to be: who may use it, and under which name. */
function checkExposure ({ store, host }: Config, reader: EnvironmentReader, { lambda }: Platform): void {
  const isPrivate = isLoopback(host) && !lambda
  if (!isPrivate && reader.readText('POSTERFRAME_AUTH') === undefined) {
    reader.report(
      'POSTERFRAME_AUTH',
      `must be set ${lambda ? 'on Lambda' : 'off loopback'}: api-key or jwt, or none, which lets everyone who reaches the service use it`
    )
  }
  if (store === 'local' && lambda) reader.report('POSTERFRAME_STORE', 'must be s3 on Lambda, whose disk does not last')
  if (store === 'local' && !isPrivate && reader.readText('POSTERFRAME_PUBLIC_URL') === undefined) {
    reader.report(
      'POSTERFRAME_PUBLIC_URL',
      'must be set for the local store off loopback: its signed URLs begin with it'
    )
  }
}

function parseDecoder (text: string): Config['decoder'] {
  return text === 'ffmpeg' || text === 'libav' ? text : undefined
}

function parseBucket (text: string): string | undefined {
  // Wider than the rules of S3, for look-alikes and old buckets, but always one plain segment of a path.
  return /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(text) && !text.includes('..') ? text : undefined
}

function parseBuckets (text: string): readonly [string, ...string[]] | undefined {
  const buckets = new Set(text.split(',').map((name) => parseBucket(name.trim())))
  const [first, ...others] = buckets
  if (first === undefined || buckets.has(undefined)) return undefined
  return [first, ...others.filter((name) => name !== undefined)]
}

function parsePrefix (text: string): string | undefined {
  if (text === '/') return ''
  const segments = text.replace(/\/$/, '').split('/')
  const isPlain = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  // eslint-disable-next-line no-control-regex -- they are what is refused
  return isPlain && !/[\x00-\x1f\x7f\\]/.test(text) && Buffer.byteLength(text) <= MAX_PREFIX_BYTES
    ? `${segments.join('/')}/`
    : undefined
}

function parsePrefixes (text: string): readonly string[] | undefined {
  const prefixes = text.split(',').map((prefix) => prefix.trim())
  // With the slash, since "tenant-1" would also be the beginning of "tenant-10/...".
  return prefixes.every((prefix) => prefix !== '/' && prefix.endsWith('/') && parsePrefix(prefix) === prefix)
    ? Object.freeze(prefixes)
    : undefined
}

function parseBaseUrl (text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '') return undefined
  return url.href.replace(/\/+$/, '')
}
