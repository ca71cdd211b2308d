import { availableParallelism, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { type AccessConfig, readAccess } from './access.ts'
import { type SecurityConfig, readSecurityConfig } from './security.ts'
import { type EventsConfig, readEventSettings } from './events.ts'
import { type ConnectionsConfig, openFilesProblem, readConnections } from './connections.ts'
import { createEnvironmentReader } from './environment.ts'
import type { Environment, EnvironmentReader } from './environment.ts'
import { readS3Settings, type S3Config } from './s3.ts'
import {
  BASE_URL,
  MAX_PREFIX_BYTES,
  parseBaseUrl,
  parseBuckets,
  parseBucket,
  parsePrefix,
  parsePrefixes
} from './parsers.ts'
import { readUploads, type UploadConfig } from './uploads.ts'
import { isLoopback } from './loopback.ts'
import { readOpenFileLimit } from '../limits/open-files.ts'

/** The whole configuration: read once, validated together, frozen. docs/configuration.md lists the variables. */
export interface Config extends S3Config {
  readonly store: 's3' | 'local'
  readonly outputBucket: string
  /** Ends with a slash, or is empty. */
  readonly outputPrefix: string
  /** The allow-list; the first is the default bucket. Never empty. */
  readonly sourceBuckets: readonly [string, ...string[]]
  /** Base of thumbnail URLs, without a slash at the end; undefined: URLs are presigned. */
  readonly deliveryUrl: string | undefined
  /** Absolute. */
  readonly localDir: string
  /** Allowed prefixes of source keys, each ending with a slash; undefined: any key. */
  readonly sourcePrefixes: readonly string[] | undefined
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Base of the local store's signed URLs, without a slash at the end; undefined: the listening address. */
  readonly publicUrl: string | undefined
  /** Absolute. */
  readonly scratchDir: string
  readonly maxUploadBytes: number
  /** Uploads that go directly to the store. */
  readonly uploads: UploadConfig
  readonly maxSourceBytes: number
  readonly maxPixels: number
  readonly timeoutMs: number
  /** Time limit of a background job; at least `timeoutMs`. */
  readonly jobTimeoutMs: number
  readonly slots: number
  /** Requests that may wait for a slot, in total. */
  readonly queue: number
  readonly access: AccessConfig
  readonly events: EventsConfig
  readonly security: SecurityConfig
  readonly connections: ConnectionsConfig
  /** The decoder: the ffmpeg program or libav workers; undefined: libav if it is installed. */
  readonly decoder: 'ffmpeg' | 'libav' | undefined
  /** Number of jobs after which a libav worker is replaced. */
  readonly decoderWorkerJobs: number
  /**
   * True if the libav workers start with the process instead of with the first request that needs them; undefined: in a
   * server and on Lambda.
   */
  readonly decoderWarmup: boolean | undefined
  readonly ffmpegPath: string | undefined
  /** True if the service refuses to start if the decoder cannot be isolated. */
  readonly isolation: 'strict' | 'best-effort'
  /** Base URL of the trace collector, without a slash at the end; undefined: no traces. */
  readonly otlpEndpoint: string | undefined
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

/** Properties of the machine that defaults depend on. */
export interface Platform {
  readonly cpus: number
  /** Decode slots beyond the number of CPUs, which work while others wait for files and pipes. Default 0. */
  readonly spareSlots?: number
  /** The system's temporary directory. */
  readonly tmpdir: string
  /** True if this is an AWS Lambda function: one request at a time, no listening address. */
  readonly lambda: boolean
  /** Limit of open files; undefined: unknown or none. */
  readonly openFiles?: number | undefined
}

/** Thrown for an invalid configuration. The message names every bad variable, one per line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** EX_CONFIG of sysexits.h: a restart does not help. */
  readonly exitCode = 78

  constructor (problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems].join('\n  '))
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/**
 * Reads the whole configuration from environment variables.
 *
 * @throws ConfigError that names every invalid, missing or unknown variable
 */
export function loadConfig (env: Environment, platform: Platform = readPlatform(env)): Config {
  const reader = createEnvironmentReader(env)
  const buckets = readBuckets(reader)
  const address = readAddress(reader)
  const limits = readLimits(reader, platform)
  const access = readAccess(reader)
  const security = readSecurityConfig(reader, address, platform.lambda)
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
    deliveryUrl: reader.readParsed<string | undefined>('POSTERFRAME_DELIVERY_URL', undefined, BASE_URL, parseBaseUrl),
    localDir: resolve(reader.readText('POSTERFRAME_LOCAL_DIR') ?? './data'),
    sourcePrefixes: reader.readParsed<readonly string[] | undefined>(
      'POSTERFRAME_SOURCE_PREFIXES',
      undefined,
      'key prefixes, comma separated, each ending with a slash',
      parsePrefixes
    ),
    ...readS3Settings(reader, buckets.store, [...buckets.sourceBuckets, buckets.outputBucket]),
    uploads: readUploads(reader, buckets.sourceBuckets, parsePrefix, platform.lambda),
    scratchDir: resolve(reader.readText('POSTERFRAME_SCRATCH_DIR') ?? platform.tmpdir),
    access,
    events: readEventSettings(reader, access.presets),
    security,
    connections: readConnections(reader, {
      ...limits,
      lambda: platform.lambda,
      openFiles: platform.openFiles,
      hasTrustedProxy: security.trustProxy.length > 0
    }),
    decoder: reader.readParsed<Config['decoder']>('POSTERFRAME_DECODER', undefined, 'one of ffmpeg, libav', (text) =>
      text === 'ffmpeg' || text === 'libav' ? text : undefined
    ),
    decoderWorkerJobs: reader.readCount('POSTERFRAME_DECODER_WORKER_JOBS', 500, { minimum: 1, maximum: 100_000 }),
    decoderWarmup:
      reader.readText('POSTERFRAME_DECODER_WARMUP') === undefined
        ? undefined
        : reader.readFlag('POSTERFRAME_DECODER_WARMUP', true),
    ffmpegPath: reader.readText('FFMPEG_PATH'),
    isolation: reader.readChoice('POSTERFRAME_ISOLATION', 'best-effort', ['strict', 'best-effort']),
    otlpEndpoint: readOtlpEndpoint(reader),
    logLevel: reader.readChoice('POSTERFRAME_LOG_LEVEL', 'info', LOG_LEVELS)
  }
  checkExposure(config, reader, platform)
  const problems = [...reader.problems, openFilesProblem(platform.openFiles) ?? []].flat()
  if (problems.length > 0) throw new ConfigError(problems)
  Object.freeze(config.sourceBuckets)
  return Object.freeze(config)
}

/** Returns the properties of this machine. */
export function readPlatform (env: Environment): Platform {
  return {
    cpus: availableParallelism(),
    tmpdir: tmpdir(),
    lambda: env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined,
    openFiles: readOpenFileLimit()
  }
}

function readBuckets (reader: EnvironmentReader): Pick<Config, 'store' | 'outputBucket' | 'sourceBuckets'> {
  const hasOutputBucket = reader.readText('POSTERFRAME_OUTPUT_BUCKET') !== undefined
  const store = reader.readChoice('POSTERFRAME_STORE', hasOutputBucket ? 's3' : 'local', ['s3', 'local'])
  for (const name of ['POSTERFRAME_OUTPUT_BUCKET', 'POSTERFRAME_SOURCE_BUCKETS'] as const) {
    if (store === 's3' && reader.readText(name) === undefined) reader.report(name, 'must be set for the s3 store')
  }
  const isLocalByDefault = store === 'local' && reader.readText('POSTERFRAME_STORE') === undefined
  if (isLocalByDefault && reader.readText('POSTERFRAME_SOURCE_BUCKETS') !== undefined) {
    reader.report(
      'POSTERFRAME_OUTPUT_BUCKET',
      'must be set beside POSTERFRAME_SOURCE_BUCKETS; for directories instead of S3, set POSTERFRAME_STORE=local'
    )
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
    publicUrl: reader.readParsed<string | undefined>('POSTERFRAME_PUBLIC_URL', undefined, BASE_URL, parseBaseUrl)
  }
}

function readOtlpEndpoint (reader: EnvironmentReader): string | undefined {
  const name =
    reader.readText('POSTERFRAME_OTLP_ENDPOINT') === undefined
      ? 'OTEL_EXPORTER_OTLP_ENDPOINT'
      : 'POSTERFRAME_OTLP_ENDPOINT'
  return reader.readParsed<string | undefined>(name, undefined, BASE_URL, parseBaseUrl)
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

/** A service that others can reach must be configured explicitly: who may use it, and under which name. */
function checkExposure ({ store, host }: Config, reader: EnvironmentReader, { lambda }: Platform): void {
  const isPrivate = isLoopback(host) && !lambda
  if (!isPrivate && reader.readText('POSTERFRAME_AUTH') === undefined) {
    reader.report(
      'POSTERFRAME_AUTH',
      `must be set ${lambda ? 'on Lambda' : 'off loopback'}: api-key, jwt or both; or none, which lets everyone who can reach the service use it`
    )
  }
  if (store === 'local' && lambda) {
    reader.report('POSTERFRAME_STORE', 'must be s3 on Lambda, whose disk is not persistent')
  }
  if (store === 'local' && !isPrivate && reader.readText('POSTERFRAME_PUBLIC_URL') === undefined) {
    reader.report(
      'POSTERFRAME_PUBLIC_URL',
      'must be set for the local store off loopback: it is the base of signed URLs'
    )
  }
}
