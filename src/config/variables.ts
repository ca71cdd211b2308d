import type { ConfigVariable } from './config-variable.ts'
import { CONNECTION_VARIABLES } from './connection-variables.ts'
import { S3_VARIABLES } from './s3-variables.ts'
import { UPLOAD_VARIABLES } from './upload-variables.ts'

/** Every variable that the configuration reads. `npm run docs` writes docs/configuration.md from it. */
export const CONFIG_VARIABLES = [
  { name: 'POSTERFRAME_STORE', default: '`s3` if an output bucket is set, else `local`', meaning: '`s3` or `local`.' },
  { name: 'POSTERFRAME_OUTPUT_BUCKET', default: '`thumbnails` (local)', meaning: 'Bucket for generated objects.' },
  { name: 'POSTERFRAME_OUTPUT_PREFIX', default: '`thumbnails/`', meaning: 'Prefix of output keys. `/` for no prefix.' },
  {
    name: 'POSTERFRAME_SOURCE_BUCKETS',
    default: '`videos` (local)',
    meaning: 'Buckets that videos may be read from, comma separated. The first is the default bucket.'
  },
  {
    name: 'POSTERFRAME_SOURCE_PREFIXES',
    default: '',
    meaning: 'Allowed key prefixes of videos, comma separated, each ending with a slash. Any key if not set.'
  },
  {
    name: 'POSTERFRAME_DELIVERY_URL',
    default: '',
    meaning: 'Base URL of a CDN in front of the output bucket. Replaces presigned URLs.'
  },
  {
    name: 'POSTERFRAME_LOCAL_DIR',
    default: '`./data`',
    meaning: 'The local store: objects at `<dir>/<bucket>/<key>`.'
  },
  ...S3_VARIABLES,
  { name: 'POSTERFRAME_HOST', default: '`127.0.0.1`', meaning: 'Address to listen on; `0.0.0.0` in the image.' },
  { name: 'POSTERFRAME_PORT', default: '`PORT`, else `3000`', meaning: 'Port to listen on. `0` picks a free port.' },
  { name: 'PORT', default: '', meaning: 'Port to listen on if `POSTERFRAME_PORT` is not set.' },
  {
    name: 'POSTERFRAME_PUBLIC_URL',
    default: 'on loopback, the address it listens on',
    meaning: "Base of the local store's signed URLs. Required for the local store off loopback."
  },
  {
    name: 'POSTERFRAME_SCRATCH_DIR',
    default: "the system's temporary directory",
    meaning: 'Directory of temporary files. Each request has a subdirectory, which is removed when it ends.'
  },
  {
    name: 'POSTERFRAME_MAX_UPLOAD_BYTES',
    default: '`1GiB`',
    meaning: 'Largest video in a request body. 413 above it.'
  },
  {
    name: 'POSTERFRAME_UPLOAD_BUCKET',
    default: 'the first source bucket',
    meaning: 'Bucket that `/v1/uploads` sends files to. Must be one of the source buckets.'
  },
  {
    name: 'POSTERFRAME_UPLOAD_PREFIX',
    default: '`uploads/`',
    meaning:
      'Prefix of uploads, below the first prefix of the caller or of the sources, if there is one. `/` for no prefix.'
  },
  {
    name: 'POSTERFRAME_MAX_STORED_UPLOAD_BYTES',
    default: '`50GiB`',
    meaning: 'Largest file that `/v1/uploads` accepts, at most `5TiB`. 413 above it.'
  },
  { name: 'POSTERFRAME_UPLOAD_EXPIRES_SECONDS', default: '`86400`', meaning: 'Time for an upload, 60 to 604800.' },
  {
    name: 'POSTERFRAME_UPLOAD_SECRET',
    default: 'generated at start; none on Lambda, which then has no multipart uploads',
    meaning: 'Signs the tokens of multipart uploads: at least 32 bytes in base64url, the same for all processes.'
  },
  {
    name: 'POSTERFRAME_MAX_SOURCE_BYTES',
    default: '`5GiB`',
    meaning: 'Largest video that is downloaded in full. 413 above it. Ranged extraction has no such limit.'
  },
  {
    name: 'POSTERFRAME_MAX_PIXELS',
    default: '`36000000`',
    meaning:
      'Largest coded resolution in pixels. 422 above it, and for a frame whose decoding holds pictures of more than ' +
      '16 bytes for each pixel of the limit: 549 MiB by default.'
  },
  {
    name: 'POSTERFRAME_TIMEOUT_MS',
    default: '`25000`',
    meaning: 'Time limit of a request; on Lambda, at most the remaining time less 1 s. 504 above it.'
  },
  {
    name: 'POSTERFRAME_JOB_TIMEOUT_MS',
    default: '`900000`, or `POSTERFRAME_TIMEOUT_MS` if that is more',
    meaning: 'Time limit of a background job (`Prefer: respond-async`). Lambda runs no background jobs.'
  },
  {
    name: 'POSTERFRAME_SLOTS',
    default: 'one per CPU; one more for the command line; 1 on Lambda',
    meaning: 'Number of decodes that run at the same time.'
  },
  {
    name: 'POSTERFRAME_QUEUE',
    default: '8 per slot; 0 on Lambda',
    meaning: 'Requests that may wait; 503 beyond them.'
  },
  {
    name: 'POSTERFRAME_AUTH',
    default: '`none` on loopback; otherwise required',
    meaning:
      '`api-key`, `jwt` or both, comma separated. `none` lets everyone use the service, and must be set ' +
        'explicitly off loopback and on Lambda.'
  },
  {
    name: 'POSTERFRAME_API_KEYS',
    default: '',
    meaning:
      'JSON list of keys by hash, as `posterframe key` prints them, with `buckets`, `prefixes` and `verbs`.'
  },
  { name: 'POSTERFRAME_API_KEYS_FILE', default: '', meaning: 'Path of a file with the same list, in its place.' },
  { name: 'POSTERFRAME_JWT_ISSUER', default: '', meaning: 'Required `iss` claim of a token.' },
  { name: 'POSTERFRAME_JWT_AUDIENCE', default: '', meaning: 'Required `aud` claim of a token.' },
  {
    name: 'POSTERFRAME_JWT_JWKS_URL',
    default: '',
    meaning: "The issuer's public keys (JWKS): https; http on loopback."
  },
  {
    name: 'POSTERFRAME_SIGNING_SECRETS',
    default: '',
    meaning: 'Secrets of signed URLs: `id:base64url`, comma separated, at least 32 bytes each.'
  },
  { name: 'POSTERFRAME_PRESETS', default: '', meaning: 'JSON object that maps the names of presets to their options.' },
  {
    name: 'POSTERFRAME_EVENT_THUMBNAILS',
    default: '`poster=timestamp=auto&width=640`',
    meaning: 'Thumbnails of every new video: names with options, separated by semicolons.'
  },
  { name: 'POSTERFRAME_QUEUE_URL', default: '', meaning: 'URL of the SQS queue of S3 events that this process reads.' },
  {
    name: 'POSTERFRAME_QUEUE_VISIBILITY_SECONDS',
    default: '`60`',
    meaning: 'Time after which another worker receives the message of one that died, 3 to 43200.'
  },
  {
    name: 'POSTERFRAME_COMPLETION_TARGET',
    default: '',
    meaning: 'Where completion events go: the ARN of an EventBridge bus or SNS topic, or the URL of an SQS queue.'
  },
  {
    name: 'POSTERFRAME_ON_SOURCE_DELETED',
    default: '`keep`',
    meaning: '`delete` removes everything generated from a deleted video.'
  },
  {
    name: 'POSTERFRAME_ANONYMOUS_GET',
    default: '`none`; with `POSTERFRAME_AUTH=none`, `presets` if there are presets, else `any`',
    meaning:
      'What a GET without key or signature may request: `none`, `presets`, or `any` (only with ' +
        '`POSTERFRAME_AUTH=none`).'
  },
  {
    name: 'POSTERFRAME_ALLOWED_HOSTS',
    default: 'on loopback, its names and the name of the public URL; else `*`',
    meaning:
      'Allowed values of `Host`, comma separated, without ports. `*` allows all. Probes and `/metrics` are exempt.'
  },
  {
    name: 'POSTERFRAME_TRUST_PROXY',
    default: '',
    meaning:
      'Addresses and CIDR ranges of proxies (or `loopback`, `linklocal`, `uniquelocal`), comma separated, whose ' +
        '`X-Forwarded-For` is trusted.'
  },
  {
    name: 'POSTERFRAME_CORS_ORIGINS',
    default: '',
    meaning: 'Web origins that may call, comma separated; `*` for all.'
  },
  {
    name: 'POSTERFRAME_RATE_LIMIT',
    default: '',
    meaning:
      'Requests per caller and time, such as `100/1m` (`s`, `m` or `h`), by name or else by address, counted in ' +
        'each process. 429 above it. Rejected on Lambda.'
  },
  {
    name: 'POSTERFRAME_MAX_EVENT_LOOP_DELAY_MS',
    default: '`500`',
    meaning:
      '503 while the average event loop delay over a second exceeds this, in milliseconds. `0` turns it off. Not on ' +
      'Lambda.'
  },
  { name: 'POSTERFRAME_METRICS_PUBLIC', default: '`false`', meaning: '`true` serves `/metrics` without a key.' },
  {
    name: 'POSTERFRAME_LOG_LEVEL',
    default: '`info`',
    meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.'
  },
  {
    name: 'POSTERFRAME_DECODER',
    default: '`libav` if its package is installed and loads, else `ffmpeg`',
    meaning:
      "`libav` keeps worker processes with FFmpeg's libraries running. `ffmpeg` starts the program for each task."
  },
  {
    name: 'POSTERFRAME_DECODER_WORKER_JOBS',
    default: '`500`',
    meaning:
      'Jobs after which a `libav` worker is replaced; a thumbnail takes one to four. `1` gives every job a new ' +
      'process, which costs about 50 ms.'
  },
  {
    name: 'POSTERFRAME_DECODER_WARMUP',
    default: '`true`; `false` for the command line',
    meaning:
      '`true` starts the `libav` workers with the process, so that a machine that runs out of processes later has ' +
      'them. `false` starts them with the first requests.'
  },
  {
    name: 'POSTERFRAME_ISOLATION',
    default: '`best-effort`',
    meaning:
      '`strict` does not start without a bubblewrap sandbox. `best-effort` uses the strongest sandbox that works.'
  },
  {
    name: 'POSTERFRAME_OTLP_ENDPOINT',
    default: '`OTEL_EXPORTER_OTLP_ENDPOINT`, else none',
    meaning: 'Base URL of a collector that receives traces (OTLP over HTTP). Not on Lambda.'
  },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', default: '', meaning: 'Collector if `POSTERFRAME_OTLP_ENDPOINT` is not set.' },
  {
    name: 'FFMPEG_PATH',
    default: '`ffmpeg-static`, else `ffmpeg` on the `PATH`',
    meaning: 'Path of the ffmpeg program, for the decoder `ffmpeg`.'
  },
  ...CONNECTION_VARIABLES,
  ...UPLOAD_VARIABLES
] as const satisfies readonly ConfigVariable[]

/** The name of one of {@link CONFIG_VARIABLES}. */
export type ConfigVariableName = (typeof CONFIG_VARIABLES)[number]['name']
