import { fileURLToPath } from 'node:url'
import t from 'tap'
import { inspectSource, readSources } from './support/source-files.ts'
import { SOURCE_RULES } from './support/source-rules.ts'

const sources = readSources(fileURLToPath(new URL('../src', import.meta.url)))

t.test('reads the sources', async (t) => {
  t.ok(sources.length > 10)
  t.ok(sources.some(({ path }) => path === 'options/timestamp.ts'))
})

for (const { name, findBreaches } of SOURCE_RULES) {
  t.test(name, async (t) => {
    t.same(findBreaches(sources), [])
  })
}

const DOC = '/** Documented. */\n'

/** Examples of each rule: files that break it, and similar files that do not. */
const EXAMPLES: Record<
  string,
  { bad: Array<[path: string, text: string]>, good: Array<[path: string, text: string]> }
> = {
  'imports only go down the layers': {
    bad: [
      ['video/demux/x.ts', "import type { Decoder } from '../decode/decoder.ts'"],
      ['video/extract/x.ts', "import type { Thumbnail } from '../../thumbnails/thumbnail.ts'"],
      ['video/demux/mp4/x.ts', "import { scanForMoof } from '../fmp4/scan-moof.ts'"],
      ['store/x.ts', "import type { Config } from '../config/config.ts'"],
      ['limits/x.ts', "import { outputKey } from '../thumbnails/stored/output-key.ts'"],
      ['thumbnails/stored/x.ts', "import { createMakeThumbnail } from '../use-cases/make-thumbnail.ts'"],
      ['jobs/x.ts', "import { makeStoryboardRoute } from '../http/schemas/storyboard-schemas.ts'"],
      ['http/app.ts', "import { compose } from '../compose.ts'"],
      ['http/x.ts', "import { signThumbnailUrl } from '../client/sign-thumbnail-url.ts'"],
      ['elsewhere/x.ts', '']
    ],
    good: [
      [
        'video/extract/x.ts',
        "import { openMp4 } from '../demux/open-mp4.ts'\nimport { parseTimestamp } from '../../options/timestamp.ts'"
      ],
      ['video/demux/fmp4/x.ts', "import { readBox } from '../mp4/box.ts'"],
      ['server.ts', "import { compose } from './compose.ts'"],
      ['thumbnails/use-cases/x.ts', "import { PosterframeError } from '../../errors.ts'"]
    ]
  },
  'a folder has at most 30 files, and src/ at most 18 folders': {
    bad: [],
    good: [['http/x.ts', '']]
  },
  'files do not import each other in a cycle': {
    bad: [],
    good: [['x.ts', "import { y } from './y.ts'"]]
  },
  'only entries read the environment': {
    bad: [
      ['config/config.ts', "const port = process.env['PORT']"],
      ['config.ts', 'load(process.env)'],
      ['http/app.ts', 'const { env } = process'],
      ['http/app.ts', 'const { env: environment } = process'],
      ['video/x.ts', "const path = globalThis.process['env'].PATH"],
      ['video/x.ts', "import { env } from 'node:process'"]
    ],
    good: [
      ['server.ts', 'load(process.env)'],
      ['config.ts', '// process.env\nconst text = "process.env"; const cwd = process.cwd()'],
      ['x.ts', 'const env = child.env']
    ]
  },
  'only compose.ts and open-stores.ts construct adapters': {
    bad: [
      ['thumbnails/x.ts', 'const store = createS3Store({ client })'],
      ['server.ts', 'await createLocalStore()'],
      ['http/x.ts', 'new S3Client({})']
    ],
    good: [
      ['open-stores.ts', 'createS3Store({ client: new S3Client({}) })'],
      ['store/s3/s3-store.ts', 'function createS3Store () { return new S3Client({}) }']
    ]
  },
  'only http/ and entries import fastify': {
    bad: [
      ['thumbnails/x.ts', "import type { FastifyRequest } from 'fastify'"],
      ['store/x.ts', "import send from '@fastify/send'"],
      ['compose.ts', "import plugin from 'fastify-plugin'"]
    ],
    good: [
      ['http/app.ts', "import fastify from 'fastify'"],
      ['lambda.ts', "import awsLambdaFastify from '@fastify/aws-lambda'"],
      ['x.ts', "import x from 'fastifyish'"]
    ]
  },
  'only store/s3/, events/ and compose.ts import the AWS SDK': {
    bad: [
      ['store/local/local-store.ts', "import { S3Client } from '@aws-sdk/client-s3'"],
      ['http/x.ts', "const sdk = await import('@aws-sdk/client-s3')"],
      ['video/x.ts', "const sdk = require('@smithy/node-http-handler')"],
      ['thumbnails/x.ts', "type Client = import('@aws-sdk/client-s3').S3Client"]
    ],
    good: [
      ['store/s3/s3-store.ts', "import { S3Client } from '@aws-sdk/client-s3'"],
      ['events/sqs.ts', "import { S3Client } from '@aws-sdk/client-s3'"]
    ]
  },
  'only sandbox/ starts processes': {
    bad: [
      ['video/ffmpeg.ts', "import { spawn } from 'node:child_process'"],
      ['http/x.ts', "import cp from 'child_process'"]
    ],
    good: [['sandbox/run-process.ts', "import { spawn } from 'node:child_process'"]]
  },
  'only telemetry/ imports prom-client and OpenTelemetry': {
    bad: [
      ['http/metrics.ts', "import { Registry } from 'prom-client'"],
      ['compose.ts', "import { trace } from '@opentelemetry/api'"]
    ],
    good: [
      ['telemetry/prometheus.ts', "import { Registry } from 'prom-client'"],
      ['telemetry/otlp-tracer.ts', "import { trace } from '@opentelemetry/api'"]
    ]
  },
  'only entries, http/ and compose.ts import more of telemetry/ than its ports': {
    bad: [
      ['video/x.ts', "import { createPrometheus } from '../telemetry/prometheus.ts'"],
      ['store/x.ts', "import { loadTracer } from '../telemetry/load-tracer.ts'"]
    ],
    good: [
      ['video/x.ts', "import { NO_RECORDER } from '../telemetry/recorder.ts'"],
      ['compose.ts', "import { createPrometheus } from './telemetry/prometheus.ts'"]
    ]
  },
  'use cases, jobs and uploads import only the ports of store/': {
    bad: [
      ['thumbnails/use-cases/x.ts', "import { createS3Store } from '../../store/s3/s3-store.ts'"],
      ['thumbnails/x.ts', "import { anything } from '../store/object-store.ts'"],
      ['uploads/x.ts', "import { createS3UploadStore } from '../store/s3/s3-upload-store.ts'"],
      ['jobs/x.ts', "import { createLocalStore } from '../store/local/local-store.ts'"]
    ],
    good: [
      ['thumbnails/x.ts', "import type { ObjectStore } from '../store/object-store.ts'"],
      ['jobs/x.ts', "import { getJson } from '../store/stored-json.ts'"],
      ['thumbnails/stored/x.ts', "import { hasDotSegment } from '../../store/object-key.ts'"],
      ['uploads/x.ts', "import type { UploadStore } from '../store/upload-store.ts'"],
      ['http/x.ts', "import { signedLengthError } from '../store/local/receive-file.ts'"]
    ]
  },
  'use cases do not import HTTP': {
    bad: [['thumbnails/x.ts', "import type { IncomingMessage } from 'node:http'"]],
    good: [['http/x.ts', "import type { IncomingMessage } from 'node:http'"]]
  },
  'nothing imports an entry': {
    bad: [
      ['compose.ts', "import { handler } from './lambda.ts'"],
      ['cli.ts', "import './server.ts'"]
    ],
    good: [['x.ts', "import { handler } from './store/server.ts'"]]
  },
  'relative imports have a file extension': {
    bad: [
      ['x.ts', "import { y } from './y.js'"],
      ['x.ts', "import { y } from './y'"]
    ],
    good: [
      ['x.ts', "import { y } from './y.ts'"],
      ['x.ts', "import fastify from 'fastify'"]
    ]
  },
  'no file has more than 250 lines': {
    bad: [['x.ts', 'x()\n'.repeat(251)]],
    good: [['x.ts', 'x()\n'.repeat(250)]]
  },
  'names are kebab-case and name a concept': {
    bad: [
      ['runProcess.ts', ''],
      ['Video/x.ts', ''],
      ['utils.ts', ''],
      ['http/index.ts', ''],
      ['string-helpers.ts', ''],
      ['common/x.ts', ''],
      ['snake_case.ts', '']
    ],
    good: [
      ['sandbox/run-process.ts', ''],
      ['store/s3/s3-store.ts', ''],
      ['commonality.ts', '']
    ]
  },
  'exports are named': {
    bad: [
      ['x.ts', 'export default function f () {}'],
      ['x.ts', 'export default 1'],
      ['x.ts', 'export default class {}']
    ],
    good: [['x.ts', 'export function f () {}']]
  },
  'there are no barrels': {
    bad: [
      ['x.ts', "export * from './y.ts'"],
      ['x.ts', "export { y } from './y.ts'"],
      ['x.ts', "export type { Y } from './y.ts'"]
    ],
    good: [['x.ts', 'const y = 1\nexport { y }']]
  },
  'client/ is independent of the service and of Node': {
    bad: [
      ['client/x.ts', "import { createHmac } from 'node:crypto'"],
      ['client/x.ts', "import type { Thumbnail } from '../thumbnails/thumbnail.ts'"],
      ['http/x.ts', "import { signThumbnailUrl } from '../client/sign-thumbnail-url.ts'"]
    ],
    good: [['client/x.ts', "import { y } from './y.ts'\nimport createClient from 'openapi-fetch'"]]
  },
  'every export has a docblock': {
    bad: [
      ['x.ts', 'export function f () {}'],
      ['x.ts', 'export const a = 1'],
      ['x.ts', 'export type T = 1'],
      ['x.ts', 'export interface I {}'],
      ['x.ts', '/* no docblock */\nexport class C {}'],
      ['x.ts', '// nor this\nexport const a = 1'],
      ['x.ts', '/** */\nexport const a = 1'],
      ['x.ts', `${DOC}export const a = 1\nexport const b = 1`]
    ],
    good: [
      [
        'x.ts',
        `${DOC}export function f () {}\n${DOC}export const a = 1\n${DOC}export interface I {}\nfunction own () {}`
      ]
    ]
  }
}

/** Examples of rules about several files: sources that break the rule once. */
const SEVERAL_FILES: Record<string, Array<[path: string, text: string]>> = {
  'files do not import each other in a cycle': [
    ['x.ts', "import { y } from './y.ts'"],
    ['y.ts', "import type { z } from './z.ts'"],
    ['z.ts', "import { x } from './x.ts'"],
    ['w.ts', "import { x } from './x.ts'"]
  ],
  'a folder has at most 30 files, and src/ at most 18 folders': Array.from({ length: 31 }, (_, index) => [
    `http/x${index}.ts`,
    ''
  ])
}

for (const [name, files] of Object.entries(SEVERAL_FILES)) {
  t.test(`finds violations of: ${name}`, async (t) => {
    const rule = SOURCE_RULES.find((rule) => rule.name === name)
    t.equal(rule?.findBreaches(files.map(([path, text]) => inspectSource(path, text))).length, 1)
  })
}

for (const { name, findBreaches } of SOURCE_RULES) {
  t.test(`finds violations of: ${name}`, async (t) => {
    const examples = EXAMPLES[name] ?? { bad: [], good: [] }
    t.ok((examples.bad.length > 0 || name in SEVERAL_FILES) && examples.good.length > 0, 'has examples')
    for (const [path, text] of examples.bad) {
      t.equal(findBreaches([inspectSource(path, text)]).length, 1, `${path}: ${text.slice(0, 80)}`)
    }
    for (const [path, text] of examples.good) {
      t.same(findBreaches([inspectSource(path, text)]), [], `${path}: ${text.slice(0, 80)}`)
    }
  })
}
