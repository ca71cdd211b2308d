import { resolve } from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig } from '../../src/config/config.ts'
import { completeOptions } from '../../src/options/thumbnail-options.ts'
import type { Config, Platform } from '../../src/config/config.ts'
import { CONFIG_VARIABLES } from '../../src/config/variables.ts'

const MACHINE: Platform = { cpus: 4, tmpdir: '/scratch', lambda: false }
const LAMBDA: Platform = { ...MACHINE, lambda: true }
const OPEN: Config['access'] = {
  methods: ['none'],
  apiKeys: [],
  tokenIssuer: undefined,
  signingSecrets: [],
  presets: new Map(),
  anonymousGet: 'any',
  isMetricsPublic: false
}
const UNGUARDED: Config['security'] = {
  allowedHosts: ['localhost', '127.0.0.1', '[::1]'],
  trustProxy: [],
  corsOrigins: [],
  rateLimit: undefined,
  maxEventLoopDelayMs: 500
}
const CONNECTIONS: Config['connections'] = {
  maxConnections: 10_000,
  maxConnectionsPerAddress: undefined,
  maxRequests: 1168,
  maxUploads: 128,
  maxUploadsPerCaller: 64,
  drainMs: 25_000
}
const EVENTS: Config['events'] = {
  thumbnails: [{ name: 'poster', options: completeOptions({ timestamp: 'auto', width: 640 }) }],
  completionTarget: undefined,
  onSourceDeleted: 'keep',
  queueUrl: undefined,
  queueVisibilitySeconds: 60
}
const S3 = { POSTERFRAME_OUTPUT_BUCKET: 'pictures', POSTERFRAME_SOURCE_BUCKETS: 'raw' }

const load = (env: Record<string, string | undefined>, platform = MACHINE) => loadConfig(env, platform)

/** Returns the lines of the error after the first, sorted by the variable that they start with. */
function listProblems (env: Record<string, string | undefined>, platform = MACHINE): string[] {
  try {
    load(env, platform)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .sort()
  }
}
const listBadVariables = (env: Record<string, string | undefined>, platform = MACHINE) =>
  listProblems(env, platform).map((line) => line.split(' ')[0])

const UPLOADS: Config['uploads'] = {
  bucket: 'videos',
  prefix: 'uploads/',
  maxBytes: 50 * 2 ** 30,
  expiresInSeconds: 86_400,
  maxPending: 1000,
  method: 'post',
  secret: undefined,
  mayMakeSecret: true
}

t.test('defaults to a local store on loopback', async (t) => {
  t.strictSame(load({}), {
    store: 'local',
    outputBucket: 'thumbnails',
    outputPrefix: 'thumbnails/',
    sourceBuckets: ['videos'],
    deliveryUrl: undefined,
    localDir: resolve('data'),
    sourcePrefixes: undefined,
    s3ForcePathStyle: false,
    s3PublicEndpoint: undefined,
    s3Encryption: undefined,
    s3ExpectedBucketOwner: undefined,
    s3SessionSeconds: 3600,
    s3Buckets: {},
    host: '127.0.0.1',
    port: 3000,
    publicUrl: undefined,
    scratchDir: '/scratch',
    maxUploadBytes: 1_073_741_824,
    uploads: UPLOADS,
    maxSourceBytes: 5_368_709_120,
    maxPixels: 36_000_000,
    timeoutMs: 25_000,
    jobTimeoutMs: 900_000,
    slots: 4,
    queue: 32,
    access: OPEN,
    events: EVENTS,
    security: UNGUARDED,
    connections: CONNECTIONS,
    decoder: undefined,
    decoderWorkerJobs: 500,
    decoderWarmup: undefined,
    ffmpegPath: undefined,
    isolation: 'best-effort',
    otlpEndpoint: undefined,
    logLevel: 'info'
  } satisfies Config)
  t.ok(loadConfig({}).slots >= 1, 'also on this machine')
})

t.test('adds spare slots for the CLI unless POSTERFRAME_SLOTS is set', async (t) => {
  t.match(loadConfig({}, { ...MACHINE, spareSlots: 1 }), { slots: 5, queue: 40 })
  t.equal(loadConfig({ POSTERFRAME_SLOTS: '2' }, { ...MACHINE, spareSlots: 1 }).slots, 2)
})

t.test('reads every variable', async (t) => {
  t.strictSame(
    load({
      POSTERFRAME_STORE: 's3',
      POSTERFRAME_OUTPUT_BUCKET: 'pictures',
      POSTERFRAME_OUTPUT_PREFIX: 'a/b',
      POSTERFRAME_SOURCE_BUCKETS: 'raw, other,raw',
      POSTERFRAME_SOURCE_PREFIXES: 'a/, b/c/',
      POSTERFRAME_S3_SSE: 'aws:kms',
      POSTERFRAME_S3_KMS_KEY_ID: 'alias/pictures',
      POSTERFRAME_S3_EXPECTED_BUCKET_OWNER: '123456789012',
      POSTERFRAME_S3_SESSION_SECONDS: '900',
      POSTERFRAME_S3_BUCKETS:
        '{"raw": {"region": "eu-west-1", "requesterPays": true, "expectedOwner": "210987654321"}}',
      POSTERFRAME_DELIVERY_URL: 'https://cdn.example/pictures/',
      POSTERFRAME_LOCAL_DIR: '/srv/data',
      POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
      POSTERFRAME_S3_PUBLIC_ENDPOINT: 'https://s3.example/',
      POSTERFRAME_HOST: '0.0.0.0',
      POSTERFRAME_PORT: '0',
      PORT: '8080',
      POSTERFRAME_PUBLIC_URL: 'https://example.com/posters/',
      POSTERFRAME_SCRATCH_DIR: '/mnt/scratch',
      POSTERFRAME_MAX_UPLOAD_BYTES: '500MiB',
      POSTERFRAME_MAX_SOURCE_BYTES: '123456789',
      POSTERFRAME_MAX_PIXELS: '9000000',
      POSTERFRAME_TIMEOUT_MS: '10000',
      POSTERFRAME_JOB_TIMEOUT_MS: '60000',
      POSTERFRAME_SLOTS: '3',
      POSTERFRAME_QUEUE: '0',
      POSTERFRAME_AUTH: 'none',
      POSTERFRAME_LOG_LEVEL: 'debug',
      POSTERFRAME_DECODER: 'libav',
      POSTERFRAME_DECODER_WORKER_JOBS: '1',
      POSTERFRAME_DECODER_WARMUP: 'true',
      POSTERFRAME_OTLP_ENDPOINT: 'http://collector:4318/',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://elsewhere:4318',
      FFMPEG_PATH: '/opt/ffmpeg',
      POSTERFRAME_ISOLATION: 'strict'
    }),
    {
      store: 's3',
      outputBucket: 'pictures',
      outputPrefix: 'a/b/',
      sourceBuckets: ['raw', 'other'],
      deliveryUrl: 'https://cdn.example/pictures',
      localDir: '/srv/data',
      sourcePrefixes: ['a/', 'b/c/'],
      s3ForcePathStyle: true,
      s3PublicEndpoint: 'https://s3.example',
      s3Encryption: { algorithm: 'aws:kms', kmsKeyId: 'alias/pictures' },
      s3ExpectedBucketOwner: '123456789012',
      s3SessionSeconds: 900,
      s3Buckets: { raw: { region: 'eu-west-1', requesterPays: true, expectedOwner: '210987654321' } },
      host: '0.0.0.0',
      port: 0,
      publicUrl: 'https://example.com/posters',
      scratchDir: '/mnt/scratch',
      maxUploadBytes: 524_288_000,
      uploads: { ...UPLOADS, bucket: 'raw' },
      maxSourceBytes: 123_456_789,
      maxPixels: 9_000_000,
      timeoutMs: 10_000,
      jobTimeoutMs: 60_000,
      slots: 3,
      queue: 0,
      access: OPEN,
      events: EVENTS,
      security: { ...UNGUARDED, allowedHosts: undefined },
      connections: { ...CONNECTIONS, maxRequests: 1102, maxUploads: 96, maxUploadsPerCaller: 48, drainMs: 10_000 },
      decoder: 'libav',
      decoderWorkerJobs: 1,
      decoderWarmup: true,
      ffmpegPath: '/opt/ffmpeg',
      isolation: 'strict',
      otlpEndpoint: 'http://collector:4318',
      logLevel: 'debug'
    } satisfies Config
  )
})

t.test('falls back to the OTEL variable for the collector, and names the variable that is invalid', async (t) => {
  t.equal(
    load({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/otlp/' }).otlpEndpoint,
    'https://collector.example/otlp'
  )
  t.same(listBadVariables({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }), ['OTEL_EXPORTER_OTLP_ENDPOINT'])
  t.same(
    listBadVariables({
      POSTERFRAME_OTLP_ENDPOINT: 'grpc://collector',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector'
    }),
    ['POSTERFRAME_OTLP_ENDPOINT']
  )
})

t.test('is deeply frozen', async (t) => {
  const config = load({})
  t.ok(Object.isFrozen(config) && Object.isFrozen(config.sourceBuckets))
  t.equal(
    Object.values(config).every((value) => typeof value !== 'object' || Object.isFrozen(value)),
    true
  )
})

t.test('names every bad variable in one message, and exits with 78', async (t) => {
  const env = {
    POSTERFRAME_PORT: 'http',
    POSTERFRAME_SLOTS: '0',
    POSTERFRAME_MAX_UPLOAD_BYTES: '1 gigabyte',
    POSTERFRAME_STORE: 'ftp',
    POSTERFRAME_LOG_LEVEL: 'loud',
    POSTERFRAME_SOTRE: 's3'
  }
  const error = t.throws(() => load(env)) as ConfigError
  t.equal(error.exitCode, 78)
  t.same(listBadVariables(env), Object.keys(env).sort())
  t.match(error.message, /POSTERFRAME_SOTRE is not a variable of Posterframe; did you mean POSTERFRAME_STORE\?/)
  t.match(error.message, /POSTERFRAME_PORT must be a whole number from 0 to 65535/)
})

t.test('rejects a value out of range or with an invalid format', async (t) => {
  const rejected: Record<string, string[]> = {
    POSTERFRAME_STORE: ['S3', 'disk'],
    POSTERFRAME_OUTPUT_BUCKET: ['a/b', '..', 'a', '.hidden', 'a..b', 'x'.repeat(256)],
    POSTERFRAME_OUTPUT_PREFIX: ['/a', '//', 'a//b', '../', 'a/../b', './a', 'a\\b', 'a\nb', 'x'.repeat(201)],
    POSTERFRAME_SOURCE_BUCKETS: ['a,b', ',', 'good,,fine', 'good,../bad', 'good,'],
    POSTERFRAME_SOURCE_PREFIXES: ['a', '/', 'a/,b', '/a/', 'a//', '../', 'a/../', ',a/'],
    POSTERFRAME_S3_SSE: ['AES', 'kms', 'aes256'],
    POSTERFRAME_S3_KMS_KEY_ID: ['alias/pictures'],
    POSTERFRAME_S3_SESSION_SECONDS: ['59', '604801', 'day'],
    POSTERFRAME_S3_BUCKETS: ['{', '[]', '{"videos": {"owner": "1"}}', '{"videos": {"region": "A/"}}', '{"others": {}}'],
    POSTERFRAME_S3_EXPECTED_BUCKET_OWNER: ['me', '12345678901', '1234567890123'],
    POSTERFRAME_S3_FORCE_PATH_STYLE: ['1', 'yes', 'TRUE'],
    POSTERFRAME_PORT: ['-1', '65536', '3000.5', '0x10', '1e3', '3000 '.repeat(2)],
    PORT: ['http'],
    POSTERFRAME_PUBLIC_URL: [
      'example.com',
      '/x',
      'ftp://x',
      'https://user:secret@x',
      'https://x?y=1',
      'https://x#y',
      'javascript:alert(1)'
    ],
    POSTERFRAME_MAX_UPLOAD_BYTES: ['0', '-1', '1GB', '1gib', '1.5GiB', '0GiB', '65TiB', '99999999999999999999'],
    POSTERFRAME_MAX_SOURCE_BYTES: ['lots'],
    POSTERFRAME_MAX_PIXELS: ['0', '36Mpx', '300000000'],
    POSTERFRAME_TIMEOUT_MS: ['0', '99', '25s', '2147483648'],
    POSTERFRAME_JOB_TIMEOUT_MS: ['24999', '15m', '86400001'],
    POSTERFRAME_SLOTS: ['0', '-1', '1.5', '5000'],
    POSTERFRAME_QUEUE: ['-1', 'long'],
    POSTERFRAME_AUTH: ['None', 'api-key,off', 'off', 'none,api-key', ','],
    POSTERFRAME_LOG_LEVEL: ['INFO', 'verbose']
  }
  for (const [name, values] of Object.entries(rejected)) {
    for (const value of values) {
      t.same(listBadVariables({ ...S3, POSTERFRAME_STORE: 'local', [name]: value }), [name], `${name}=${value}`)
    }
  }
})

t.test('never repeats a value, since it may contain a secret', async (t) => {
  t.notMatch(listProblems({ POSTERFRAME_PUBLIC_URL: 'https://user:secret@x' }).join(), /secret/)
})

t.test('accepts sizes in bytes and binary units', async (t) => {
  const sizes: Array<[string, number]> = [
    ['1', 1],
    ['1024', 1024],
    ['1KiB', 1024],
    ['500 MiB', 524_288_000],
    ['2GiB', 2 ** 31],
    ['1TiB', 2 ** 40]
  ]
  for (const [text, bytes] of sizes) t.equal(load({ POSTERFRAME_MAX_SOURCE_BYTES: text }).maxSourceBytes, bytes, text)
})

t.test('treats an empty variable as not set, and trims values', async (t) => {
  const empty = Object.fromEntries(CONFIG_VARIABLES.map(({ name }) => [name, '']))
  t.strictSame(load(empty), load({}))
  t.equal(load({ POSTERFRAME_PORT: ' 81 ' }).port, 81)
})

t.test('falls back to PORT', async (t) => {
  t.equal(load({ PORT: '8080' }).port, 8080)
  t.equal(load({ PORT: '8080', POSTERFRAME_PORT: '81' }).port, 81)
  t.equal(load({ PORT: 'not read', POSTERFRAME_PORT: '81' }).port, 81)
})

t.test('allows an empty output prefix', async (t) => {
  t.equal(load({ POSTERFRAME_OUTPUT_PREFIX: '/' }).outputPrefix, '')
  t.equal(load({ POSTERFRAME_OUTPUT_PREFIX: 'thumbs/small/' }).outputPrefix, 'thumbs/small/')
})

t.test('an output bucket selects the s3 store, which requires an output and a source bucket', async (t) => {
  t.match(load(S3), { store: 's3', outputBucket: 'pictures', sourceBuckets: ['raw'] })
  t.match(load({ ...S3, POSTERFRAME_STORE: 'local' }), { store: 'local', outputBucket: 'pictures' })
  t.same(listBadVariables({ POSTERFRAME_STORE: 's3' }), ['POSTERFRAME_OUTPUT_BUCKET', 'POSTERFRAME_SOURCE_BUCKETS'])
  t.same(listBadVariables({ POSTERFRAME_OUTPUT_BUCKET: 'pictures' }), ['POSTERFRAME_SOURCE_BUCKETS'])
  t.same(listBadVariables({ POSTERFRAME_SOURCE_BUCKETS: 'raw' }), ['POSTERFRAME_OUTPUT_BUCKET'], 'not the local store')
  t.match(load({ POSTERFRAME_SOURCE_BUCKETS: 'raw', POSTERFRAME_STORE: 'local' }), { store: 'local' })
})

t.test('the endpoint of presigned URLs is a plain URL, and for the s3 store only', async (t) => {
  t.equal(load({ ...S3, POSTERFRAME_S3_PUBLIC_ENDPOINT: 'https://s3.example/' }).s3PublicEndpoint, 'https://s3.example')
  for (const value of ['s3.example', 'ftp://s3.example', 'https://user:secret@s3.example', 'https://s3.example?a=b']) {
    const bad = listBadVariables({ ...S3, POSTERFRAME_S3_PUBLIC_ENDPOINT: value })
    t.same(bad, ['POSTERFRAME_S3_PUBLIC_ENDPOINT'], value)
  }
  const local = { POSTERFRAME_S3_PUBLIC_ENDPOINT: 'https://s3.example' }
  t.same(listBadVariables(local), ['POSTERFRAME_S3_PUBLIC_ENDPOINT'], 'the local store has POSTERFRAME_PUBLIC_URL')
})

t.test('requires an auth method off loopback', async (t) => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) {
    t.equal(load({ ...S3, POSTERFRAME_HOST: host }).host, host)
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.example.com', 'localhost.example.com', 'example.com']) {
    t.same(listBadVariables({ ...S3, POSTERFRAME_HOST: host }), ['POSTERFRAME_AUTH'], host)
    t.equal(load({ ...S3, POSTERFRAME_HOST: host, POSTERFRAME_AUTH: 'none' }).host, host)
  }
})

t.test('requires a public URL for the local store off loopback', async (t) => {
  const open = { POSTERFRAME_HOST: '0.0.0.0', POSTERFRAME_AUTH: 'none' }
  t.same(listBadVariables(open), ['POSTERFRAME_PUBLIC_URL'])
  t.equal(load({ ...open, POSTERFRAME_PUBLIC_URL: 'http://10.0.0.1:3000' }).publicUrl, 'http://10.0.0.1:3000')
  t.equal(load({ ...open, ...S3 }).publicUrl, undefined)
  t.equal(listProblems({ ...open, POSTERFRAME_PUBLIC_URL: 'nonsense' }).length, 1, 'reported once')
})

t.test('on Lambda, defaults to one slot and no queue, and requires an auth method and the s3 store', async (t) => {
  t.match(load({ ...S3, POSTERFRAME_AUTH: 'none' }, LAMBDA), { slots: 1, queue: 0 })
  t.match(load({ ...S3, POSTERFRAME_AUTH: 'none', POSTERFRAME_SLOTS: '2' }, LAMBDA), { slots: 2, queue: 0 })
  t.same(listBadVariables(S3, LAMBDA), ['POSTERFRAME_AUTH'])
  t.same(listBadVariables({ POSTERFRAME_AUTH: 'none', POSTERFRAME_PUBLIC_URL: 'https://x' }, LAMBDA), [
    'POSTERFRAME_STORE'
  ])
  t.throws(
    () => loadConfig({ ...S3, AWS_LAMBDA_FUNCTION_NAME: 'api' }),
    /POSTERFRAME_AUTH/,
    'Lambda is detected by its own variable'
  )
})

t.test('rejects a misspelt variable and suggests the likely one', async (t) => {
  const misspelt: Array<[string, RegExp]> = [
    ['POSTERFRAME_SLOT', /did you mean POSTERFRAME_SLOTS\?/],
    ['POSTERFRAME_TIMEOUT', /did you mean POSTERFRAME_TIMEOUT_MS\?/],
    ['POSTERFRAME_OUTPUTBUCKET', /did you mean POSTERFRAME_OUTPUT_BUCKET\?/],
    ['POSTERFRAME_SOMETHING_ELSE', /is not a variable of Posterframe$/]
  ]
  for (const [name, expected] of misspelt) t.match(listProblems({ [name]: 'x' }).join(), expected)
  t.same(listProblems({ OTHER: 'x', posterframe_slots: 'x', PATH: '/bin' }), [])
})

t.test('ignores the variables that Kubernetes sets for a service named posterframe', async (t) => {
  t.equal(
    load({
      POSTERFRAME_PORT: 'tcp://10.0.0.1:3000',
      POSTERFRAME_SERVICE_HOST: '10.0.0.1',
      POSTERFRAME_SERVICE_PORT: '3000',
      POSTERFRAME_SERVICE_PORT_HTTP: '3000',
      POSTERFRAME_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
      POSTERFRAME_PORT_3000_TCP_PROTO: 'tcp',
      POSTERFRAME_PORT_3000_TCP_PORT: '3000',
      POSTERFRAME_PORT_3000_TCP_ADDR: '10.0.0.1',
      POSTERFRAME_API_PORT: 'tcp://10.0.0.2:80',
      POSTERFRAME_API_SERVICE_HOST: '10.0.0.2'
    }).port,
    3000
  )
})
