/** One environment variable, for the README's table and the typo guard. */
export interface ConfigVariable {
  readonly name: string
  readonly default: string
  readonly meaning: string
}

/** Every variable that the configuration reads; README's table is held against it by a test. */
export const CONFIG_VARIABLES = [
  {
    name: 'POSTERFRAME_STORE',
    default: '`s3` if an output bucket is set, else `local`',
    meaning: 'which store: `s3` or `local`'
  },
  { name: 'POSTERFRAME_OUTPUT_BUCKET', default: '`thumbnails` (local)', meaning: 'where pictures go' },
  { name: 'POSTERFRAME_OUTPUT_PREFIX', default: '`thumbnails/`', meaning: 'their keys begin with it; `/` for none' },
  {
    name: 'POSTERFRAME_SOURCE_BUCKETS',
    default: '`videos` (local)',
    meaning: 'buckets that may be read, comma separated; the first is the default'
  },
  {
    name: 'POSTERFRAME_SOURCE_PREFIXES',
    default: '',
    meaning: 'what their keys may begin with, comma separated, each ending with a slash; anything where not set'
  },
  {
    name: 'POSTERFRAME_DELIVERY_URL',
    default: '',
    meaning: 'base of the URLs of thumbnails, of a CDN before the output bucket; without it they are presigned'
  },
  { name: 'POSTERFRAME_LOCAL_DIR', default: '`./data`', meaning: 'the local store: `<dir>/<bucket>/<key>`' },
  {
    name: 'POSTERFRAME_S3_FORCE_PATH_STYLE',
    default: '`false`',
    meaning: "`true` for S3 look-alikes; endpoint, region and credentials are the SDK's own variables"
  },
  {
    name: 'POSTERFRAME_S3_SSE',
    default: 'as the bucket says',
    meaning: 'how pictures are encrypted at rest: `AES256` or `aws:kms`'
  },
  {
    name: 'POSTERFRAME_S3_KMS_KEY_ID',
    default: "the account's key for S3",
    meaning: 'the KMS key for `aws:kms`, by id or ARN'
  },
  {
    name: 'POSTERFRAME_S3_EXPECTED_BUCKET_OWNER',
    default: '',
    meaning: 'the account that all buckets must belong to; S3 refuses otherwise'
  },
  { name: 'POSTERFRAME_HOST', default: '`127.0.0.1`', meaning: 'address it listens on; `0.0.0.0` in the image' },
  { name: 'POSTERFRAME_PORT', default: '`PORT`, else `3000`', meaning: 'port it listens on; `0` takes a free one' },
  { name: 'PORT', default: '', meaning: 'read where `POSTERFRAME_PORT` is not set' },
  {
    name: 'POSTERFRAME_PUBLIC_URL',
    default: 'on loopback the address it listens on',
    meaning: "base of the local store's signed URLs; needed off loopback"
  },
  { name: 'POSTERFRAME_SCRATCH_DIR', default: "the system's temporary directory", meaning: 'ephemeral disk' },
  { name: 'POSTERFRAME_MAX_UPLOAD_BYTES', default: '`1GiB`', meaning: 'largest video in a request; 413 past it' },
  {
    name: 'POSTERFRAME_UPLOAD_BUCKET',
    default: 'the first source bucket',
    meaning: 'where `/v1/uploads` sends files to; one of the source buckets'
  },
  {
    name: 'POSTERFRAME_UPLOAD_PREFIX',
    default: '`uploads/`',
    meaning:
      'the folder of uploads, below the first prefix of the caller or of the sources where such are set; `/` for none'
  },
  {
    name: 'POSTERFRAME_MAX_STORED_UPLOAD_BYTES',
    default: '`50GiB`',
    meaning: 'largest file that `/v1/uploads` lets into the store, at most `5TiB`; 413 past it'
  },
  {
    name: 'POSTERFRAME_UPLOAD_EXPIRES_SECONDS',
    default: '`86400`',
    meaning: 'how long an upload may take, 60 to 604800'
  },
  {
    name: 'POSTERFRAME_UPLOAD_SECRET',
    default: 'made at the start; on Lambda none, and no parts',
    meaning: 'signs the tokens of uploads in parts: 32 bytes or more in base64url, the same for all processes'
  },
  {
    name: 'POSTERFRAME_MAX_SOURCE_BYTES',
    default: '`5GiB`',
    meaning: 'largest source that is read whole; 413 past it'
  },
  { name: 'POSTERFRAME_MAX_PIXELS', default: '`36000000`', meaning: 'largest coded picture; 422 past it' },
  {
    name: 'POSTERFRAME_TIMEOUT_MS',
    default: '`25000`',
    meaning: 'time for one request, on Lambda never more than what is left less 1 s; 504 past it'
  },
  {
    name: 'POSTERFRAME_JOB_TIMEOUT_MS',
    default: '`900000`, or as above where that is more',
    meaning: 'time for work that was asked for with `Prefer: respond-async`; not on Lambda, where all is waited for'
  },
  {
    name: 'POSTERFRAME_SLOTS',
    default: 'one per CPU, and one more for the command line; 1 on Lambda',
    meaning: 'decodes at once'
  },
  {
    name: 'POSTERFRAME_QUEUE',
    default: '8 per slot; 0 on Lambda',
    meaning: 'how many may wait for a slot; 503 past it'
  },
  {
    name: 'POSTERFRAME_AUTH',
    default: '`none` on loopback only',
    meaning:
      '`none` (everyone may use it; off loopback and on Lambda it must be said), or `api-key`, `jwt` or both, ' +
      'comma separated'
  },
  {
    name: 'POSTERFRAME_API_KEYS',
    default: '',
    meaning:
      'JSON list of keys by their hash, as `node scripts/make-key.mjs` prints them, with `buckets`, `prefixes` ' +
      'and `verbs`'
  },
  { name: 'POSTERFRAME_API_KEYS_FILE', default: '', meaning: 'the same list in a file' },
  { name: 'POSTERFRAME_JWT_ISSUER', default: '', meaning: 'the `iss` of the tokens that are taken' },
  { name: 'POSTERFRAME_JWT_AUDIENCE', default: '', meaning: 'their `aud`' },
  {
    name: 'POSTERFRAME_JWT_JWKS_URL',
    default: '',
    meaning: "where the issuer's public keys are; https, or http on loopback"
  },
  {
    name: 'POSTERFRAME_SIGNING_SECRETS',
    default: '',
    meaning: 'secrets of signed URLs, `id:base64url`, comma separated, 32 bytes or more each'
  },
  { name: 'POSTERFRAME_PRESETS', default: '', meaning: 'JSON object of options by name, for the option `preset`' },
  {
    name: 'POSTERFRAME_EVENT_THUMBNAILS',
    default: '`poster=timestamp=auto&width=640`',
    meaning: 'what every source gets when it is created: names with options, separated by semicolons'
  },
  {
    name: 'POSTERFRAME_QUEUE_URL',
    default: '',
    meaning: 'the SQS queue with what S3 says of its objects, which this process takes; none where not set'
  },
  {
    name: 'POSTERFRAME_QUEUE_VISIBILITY_SECONDS',
    default: '`60`',
    meaning: 'how long a message is out of the sight of other workers when this one dies; 3 to 43200'
  },
  {
    name: 'POSTERFRAME_COMPLETION_TARGET',
    default: '',
    meaning: 'who is told of it: the ARN of an EventBridge bus or an SNS topic, or the URL of an SQS queue'
  },
  {
    name: 'POSTERFRAME_ON_SOURCE_DELETED',
    default: '`keep`',
    meaning: '`delete` removes what was made of a source that was deleted'
  },
  {
    name: 'POSTERFRAME_ANONYMOUS_GET',
    default: '`none`; with `POSTERFRAME_AUTH=none` `presets` where there are some, else `any`',
    meaning:
      'what a GET without key and signature may ask for: `none`, `presets`, or `any` (only with ' +
      '`POSTERFRAME_AUTH=none`)'
  },
  {
    name: 'POSTERFRAME_ALLOWED_HOSTS',
    default: 'on loopback its names and that of the public URL, else `*`',
    meaning: 'names that `Host` may have, comma separated, without ports; `*` for any'
  },
  {
    name: 'POSTERFRAME_TRUST_PROXY',
    default: '',
    meaning:
      'addresses and CIDR ranges of the proxies before it (or `loopback`, `linklocal`, `uniquelocal`), comma ' +
      'separated; only from these is `X-Forwarded-For` believed'
  },
  {
    name: 'POSTERFRAME_CORS_ORIGINS',
    default: '',
    meaning: 'origins of pages that may call, comma separated; `*` for any'
  },
  {
    name: 'POSTERFRAME_RATE_LIMIT',
    default: '',
    meaning:
      'requests per caller and time, such as `100/1m`, by name or else by address, counted in each process; 429 ' +
      'past it; not on Lambda'
  },
  {
    name: 'POSTERFRAME_MAX_EVENT_LOOP_DELAY_MS',
    default: '`500`',
    meaning: '503 while the process is later than this, on average over a second; `0` for never; not on Lambda'
  },
  { name: 'POSTERFRAME_METRICS_PUBLIC', default: '`false`', meaning: '`true`: `/metrics` needs no key' },
  {
    name: 'POSTERFRAME_LOG_LEVEL',
    default: '`info`',
    meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`'
  },
  {
    name: 'POSTERFRAME_DECODER',
    default: '`ffmpeg` where one is found, else `libav`',
    meaning:
      "what decodes: `ffmpeg` starts a program for each task, `libav` keeps workers with FFmpeg's libraries running"
  },
  {
    name: 'POSTERFRAME_DECODER_WARMUP',
    default: '`false`; `true` on Lambda',
    meaning: '`true` starts the workers of `libav` with the service, not with the first requests'
  },
  {
    name: 'POSTERFRAME_ISOLATION',
    default: '`best-effort`',
    meaning:
      '`strict` does not start where what decodes cannot be isolated; `best-effort` isolates it where the ' +
      'machine allows'
  },
  {
    name: 'POSTERFRAME_OTLP_ENDPOINT',
    default: '`OTEL_EXPORTER_OTLP_ENDPOINT`, else none',
    meaning: 'base URL of a collector that takes traces (OTLP over HTTP); not on Lambda'
  },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', default: '', meaning: 'read where `POSTERFRAME_OTLP_ENDPOINT` is not set' },
  { name: 'FFMPEG_PATH', default: 'found', meaning: 'which ffmpeg' }
] as const satisfies readonly ConfigVariable[]

/** The name of one of {@link CONFIG_VARIABLES}. */
export type ConfigVariableName = (typeof CONFIG_VARIABLES)[number]['name']
