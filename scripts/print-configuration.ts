// Writes the tables of docs/configuration.md from the list of variables that the service reads.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { ConfigVariable } from '../src/config/config-variable.ts'
import { CONFIG_VARIABLES, type ConfigVariableName } from '../src/config/variables.ts'

/** The sections of the page, in order. Every variable belongs to exactly one of them. */
export const CONFIG_SECTIONS: ReadonlyArray<readonly [title: string, names: readonly ConfigVariableName[]]> = [
  [
    'Object store',
    [
      'POSTERFRAME_STORE',
      'POSTERFRAME_SOURCE_BUCKETS',
      'POSTERFRAME_SOURCE_PREFIXES',
      'POSTERFRAME_OUTPUT_BUCKET',
      'POSTERFRAME_OUTPUT_PREFIX',
      'POSTERFRAME_DELIVERY_URL',
      'POSTERFRAME_S3_FORCE_PATH_STYLE',
      'POSTERFRAME_S3_PUBLIC_ENDPOINT',
      'POSTERFRAME_S3_SSE',
      'POSTERFRAME_S3_KMS_KEY_ID',
      'POSTERFRAME_S3_EXPECTED_BUCKET_OWNER',
      'POSTERFRAME_S3_BUCKETS',
      'POSTERFRAME_S3_SESSION_SECONDS',
      'POSTERFRAME_LOCAL_DIR',
      'POSTERFRAME_PUBLIC_URL'
    ]
  ],
  ['Server', ['POSTERFRAME_HOST', 'POSTERFRAME_PORT', 'PORT', 'POSTERFRAME_LOG_LEVEL']],
  [
    'Authentication',
    [
      'POSTERFRAME_AUTH',
      'POSTERFRAME_API_KEYS',
      'POSTERFRAME_API_KEYS_FILE',
      'POSTERFRAME_JWT_ISSUER',
      'POSTERFRAME_JWT_AUDIENCE',
      'POSTERFRAME_JWT_JWKS_URL',
      'POSTERFRAME_SIGNING_SECRETS',
      'POSTERFRAME_PRESETS',
      'POSTERFRAME_ANONYMOUS_GET'
    ]
  ],
  [
    'Network security',
    [
      'POSTERFRAME_ALLOWED_HOSTS',
      'POSTERFRAME_TRUST_PROXY',
      'POSTERFRAME_CORS_ORIGINS',
      'POSTERFRAME_RATE_LIMIT',
      'POSTERFRAME_MAX_CONNECTIONS',
      'POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS',
      'POSTERFRAME_MAX_REQUESTS',
      'POSTERFRAME_MAX_EVENT_LOOP_DELAY_MS'
    ]
  ],
  [
    'Limits',
    [
      'POSTERFRAME_SLOTS',
      'POSTERFRAME_QUEUE',
      'POSTERFRAME_TIMEOUT_MS',
      'POSTERFRAME_JOB_TIMEOUT_MS',
      'POSTERFRAME_MAX_SOURCE_BYTES',
      'POSTERFRAME_DRAIN_TIMEOUT_MS',
      'POSTERFRAME_MAX_UPLOAD_BYTES',
      'POSTERFRAME_MAX_UPLOADS',
      'POSTERFRAME_MAX_UPLOADS_PER_CALLER',
      'POSTERFRAME_MAX_PIXELS',
      'POSTERFRAME_SCRATCH_DIR'
    ]
  ],
  [
    'Uploads to the store',
    [
      'POSTERFRAME_UPLOAD_BUCKET',
      'POSTERFRAME_UPLOAD_PREFIX',
      'POSTERFRAME_MAX_STORED_UPLOAD_BYTES',
      'POSTERFRAME_UPLOAD_EXPIRES_SECONDS',
      'POSTERFRAME_UPLOAD_METHOD',
      'POSTERFRAME_MAX_PENDING_UPLOADS_PER_CALLER',
      'POSTERFRAME_UPLOAD_SECRET'
    ]
  ],
  [
    'Events',
    [
      'POSTERFRAME_EVENT_THUMBNAILS',
      'POSTERFRAME_ON_SOURCE_DELETED',
      'POSTERFRAME_QUEUE_URL',
      'POSTERFRAME_QUEUE_VISIBILITY_SECONDS',
      'POSTERFRAME_COMPLETION_TARGET'
    ]
  ],
  [
    'Decoder',
    [
      'POSTERFRAME_DECODER',
      'POSTERFRAME_DECODER_WORKER_JOBS',
      'POSTERFRAME_DECODER_WARMUP',
      'POSTERFRAME_ISOLATION',
      'FFMPEG_PATH'
    ]
  ],
  ['Monitoring', ['POSTERFRAME_METRICS_PUBLIC', 'POSTERFRAME_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']]
]

const PAGE = new URL('../docs/configuration.md', import.meta.url)
const BEGIN = '<!-- Written by `npm run docs`. Edit src/config/variables.ts instead. -->\n'
const END = '<!-- End of what `npm run docs` writes. -->\n'

/** The head of a table of variables. */
export const TABLE_HEAD = '| variable | default | meaning |\n| --- | --- | --- |\n'

/** Returns the row of one variable. */
export function describeVariable (name: ConfigVariableName): string {
  const variable: ConfigVariable | undefined = CONFIG_VARIABLES.find((candidate) => candidate.name === name)
  return `| \`${name}\` | ${variable?.default} | ${variable?.meaning} |\n`
}

/** Returns `page` with new tables, and with the prose around them unchanged. */
export function fillInVariables (page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN)
  const after = rest.split(END)[1]
  if (after === undefined) throw new Error('docs/configuration.md lacks the comments that enclose its tables')
  const tables = CONFIG_SECTIONS.map(
    ([title, names]) => `### ${title}\n\n${TABLE_HEAD}${names.map(describeVariable).join('')}\n`
  )
  return `${before}${BEGIN}\n${tables.join('')}${END}${after}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(PAGE, fillInVariables(await readFile(PAGE, 'utf8')))
}
