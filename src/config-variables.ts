/** One environment variable, for the README's table and the typo guard. */
export interface ConfigVariable {
  readonly name: string
  readonly default: string
  readonly meaning: string
}

/** Every variable that the configuration reads; README's table is held against it by a test. */
export const CONFIG_VARIABLES = [
  { name: 'POSTERFRAME_STORE', default: '`s3` if an output bucket is set, else `local`', meaning: 'which store: `s3` or `local`' },
  { name: 'POSTERFRAME_OUTPUT_BUCKET', default: '`thumbnails` (local)', meaning: 'where pictures go' },
  { name: 'POSTERFRAME_OUTPUT_PREFIX', default: '`thumbnails/`', meaning: 'their keys begin with it; `/` for none' },
  { name: 'POSTERFRAME_SOURCE_BUCKETS', default: '`videos` (local)', meaning: 'buckets that may be read, comma separated; the first is the default' },
  { name: 'POSTERFRAME_LOCAL_DIR', default: '`./data`', meaning: 'the local store: `<dir>/<bucket>/<key>`' },
  { name: 'POSTERFRAME_S3_FORCE_PATH_STYLE', default: '`false`', meaning: '`true` for S3 look-alikes; endpoint, region and credentials are the SDK\'s own variables' },
  { name: 'POSTERFRAME_HOST', default: '`127.0.0.1`', meaning: 'address it listens on; `0.0.0.0` in the image' },
  { name: 'POSTERFRAME_PORT', default: '`PORT`, else `3000`', meaning: 'port it listens on; `0` takes a free one' },
  { name: 'PORT', default: '', meaning: 'read where `POSTERFRAME_PORT` is not set' },
  { name: 'POSTERFRAME_PUBLIC_URL', default: 'on loopback the address it listens on', meaning: 'base of the local store\'s signed URLs; needed off loopback' },
  { name: 'POSTERFRAME_SCRATCH_DIR', default: 'the system\'s temporary directory', meaning: 'ephemeral disk' },
  { name: 'POSTERFRAME_MAX_UPLOAD_BYTES', default: '`1GiB`', meaning: 'largest upload; 413 past it' },
  { name: 'POSTERFRAME_MAX_SOURCE_BYTES', default: '`5GiB`', meaning: 'largest source that is read whole; 413 past it' },
  { name: 'POSTERFRAME_MAX_PIXELS', default: '`36000000`', meaning: 'largest coded picture; 422 past it' },
  { name: 'POSTERFRAME_TIMEOUT_MS', default: '`25000`', meaning: 'time for one request, on Lambda never more than what is left less 1 s; 504 past it' },
  { name: 'POSTERFRAME_SLOTS', default: 'one per CPU; 1 on Lambda', meaning: 'decodes at once' },
  { name: 'POSTERFRAME_QUEUE', default: '8 per slot; 0 on Lambda', meaning: 'how many may wait for a slot; 503 past it' },
  { name: 'POSTERFRAME_AUTH', default: '`none` on loopback only', meaning: '`none`: everyone may use it; off loopback and on Lambda it must be said' },
  { name: 'POSTERFRAME_LOG_LEVEL', default: '`info`', meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`' },
  { name: 'POSTERFRAME_DECODER', default: '`ffmpeg` where one is found, else `libav`', meaning: 'what decodes: `ffmpeg` starts a program for each task, `libav` keeps workers with FFmpeg\'s libraries running' },
  { name: 'POSTERFRAME_DECODER_WARMUP', default: '`false`; `true` on Lambda', meaning: '`true` starts the workers of `libav` with the service, not with the first requests' },
  { name: 'POSTERFRAME_OTLP_ENDPOINT', default: '`OTEL_EXPORTER_OTLP_ENDPOINT`, else none', meaning: 'base URL of a collector that takes traces (OTLP over HTTP); not on Lambda' },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', default: '', meaning: 'read where `POSTERFRAME_OTLP_ENDPOINT` is not set' },
  { name: 'FFMPEG_PATH', default: 'found', meaning: 'which ffmpeg' }
] as const satisfies readonly ConfigVariable[]

/** The name of one of {@link CONFIG_VARIABLES}. */
export type ConfigVariableName = typeof CONFIG_VARIABLES[number]['name']
