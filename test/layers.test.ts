import { fileURLToPath } from 'node:url'

import t from 'tap'

import { inspectSource, readSources } from './support/source-facts.ts'
import { SOURCE_RULES } from './support/source-rules.ts'

const sources = readSources(fileURLToPath(new URL('../src', import.meta.url)))

t.test('the rules see the sources', async (t) => {
  t.ok(sources.length > 10)
  t.ok(sources.some(({ path }) => path === 'thumbnails/timestamp.ts'))
})

for (const { name, findBreaches } of SOURCE_RULES) {
  t.test(name, async (t) => { t.same(findBreaches(sources), []) })
}

const DOC = '/** Documented. */\n'

/** For each rule: files that break it, and files that come close and do not. */
const EXAMPLES: Record<string, { bad: Array<[path: string, text: string]>, good: Array<[path: string, text: string]> }> = {
  'only entries read the environment': {
    bad: [
      ['config.ts', "const port = process.env['PORT']"],
      ['config.ts', 'load(process.env)'],
      ['http/app.ts', 'const { env } = process'],
      ['http/app.ts', 'const { env: surroundings } = process'],
      ['video/x.ts', "const path = globalThis.process['env'].PATH"],
      ['video/x.ts', "import { env } from 'node:process'"]
    ],
    good: [['server.ts', 'load(process.env)'], ['config.ts', '// process.env\nconst text = "process.env"; const cwd = process.cwd()'], ['x.ts', 'const env = child.env']]
  },
  'only compose.ts constructs adapters': {
    bad: [['thumbnails/x.ts', 'const store = createS3Store({ client })'], ['server.ts', 'await createLocalStore()'], ['http/x.ts', 'new S3Client({})']],
    good: [['compose.ts', 'createS3Store({ client: new S3Client({}) })'], ['storage/s3-store.ts', 'function createS3Store () { return new S3Client({}) }']]
  },
  'only http/ and entries import fastify': {
    bad: [['thumbnails/x.ts', "import type { FastifyRequest } from 'fastify'"], ['storage/x.ts', "import send from '@fastify/send'"], ['compose.ts', "import plugin from 'fastify-plugin'"]],
    good: [['http/app.ts', "import fastify from 'fastify'"], ['lambda.ts', "import awsLambdaFastify from '@fastify/aws-lambda'"], ['x.ts', "import x from 'fastifyish'"]]
  },
  'only the S3 adapters of storage/, events/ and compose.ts import the AWS SDK': {
    bad: [
      ['storage/local-store.ts', "import { S3Client } from '@aws-sdk/client-s3'"],
      ['http/x.ts', "const sdk = await import('@aws-sdk/client-s3')"],
      ['video/x.ts', "const sdk = require('@smithy/node-http-handler')"],
      ['thumbnails/x.ts', "type Client = import('@aws-sdk/client-s3').S3Client"]
    ],
    good: [['storage/s3-store.ts', "import { S3Client } from '@aws-sdk/client-s3'"], ['events/sqs.ts', "import { S3Client } from '@aws-sdk/client-s3'"]]
  },
  'only video/run-process.ts imports child_process': {
    bad: [['video/ffmpeg.ts', "import { spawn } from 'node:child_process'"], ['http/x.ts', "import cp from 'child_process'"]],
    good: [['video/run-process.ts', "import { spawn } from 'node:child_process'"]]
  },
  'only telemetry/ imports prom-client and OpenTelemetry': {
    bad: [['http/metrics.ts', "import { Registry } from 'prom-client'"], ['compose.ts', "import { trace } from '@opentelemetry/api'"]],
    good: [['telemetry/prometheus.ts', "import { Registry } from 'prom-client'"], ['telemetry/otlp-tracer.ts', "import { trace } from '@opentelemetry/api'"]]
  },
  'thumbnails/, video/, storage/ and limits/ know of telemetry only its ports': {
    bad: [['video/x.ts', "import { createPrometheus } from '../telemetry/prometheus.ts'"], ['storage/x.ts', "import { loadTracer } from '../telemetry/load-tracer.ts'"]],
    good: [['video/x.ts', "import { NO_RECORDER } from '../telemetry/recorder.ts'"], ['compose.ts', "import { createPrometheus } from './telemetry/prometheus.ts'"]]
  },
  'only http/, entries and the composition know http/': {
    bad: [['video/x.ts', "import type { Problem } from '../http/problem.ts'"], ['errors.ts', "export * from './http/problem.ts'"]],
    good: [['http/app.ts', "import { sendProblem } from './problem.ts'"], ['server.ts', "import { buildApp } from './http/app.ts'"]]
  },
  'only entries compose': {
    bad: [['http/app.ts', "import { compose } from '../compose.ts'"]],
    good: [['server.ts', "import { compose } from './compose.ts'"]]
  },
  'nothing imports an entry': {
    bad: [['compose.ts', "import { handler } from './lambda.ts'"], ['cli.ts', "import './server.ts'"]],
    good: [['x.ts', "import { handler } from './storage/server.ts'"]]
  },
  'thumbnails/ knows neither HTTP nor AWS, and of storage only the port and the sources of bytes over it': {
    bad: [
      ['thumbnails/x.ts', "import { createS3Store } from '../storage/s3-store.ts'"],
      ['thumbnails/x.ts', "import { anything } from '../storage/object-store.ts'"],
      ['thumbnails/x.ts', "import type { Problem } from '../http/problem.ts'"],
      ['thumbnails/x.ts', "import type { IncomingMessage } from 'node:http'"],
      ['thumbnails/x.ts', "import type { Config } from '../config.ts'"]
    ],
    good: [
      ['thumbnails/x.ts', "import type { ObjectStore } from '../storage/object-store.ts'"],
      ['thumbnails/x.ts', "import { type ObjectStore, type ObjectHead } from '../storage/object-store.ts'"],
      ['thumbnails/x.ts', "import { PosterframeError } from '../errors.ts'"]
    ]
  },
  'uploads/ knows neither HTTP nor AWS, and of storage only the ports': {
    bad: [['uploads/x.ts', "import { createS3UploadStore } from '../storage/s3-upload-store.ts'"], ['uploads/x.ts', "import type { App } from '../http/app.ts'"], ['uploads/x.ts', "import { S3 } from '@aws-sdk/client-s3'"]],
    good: [['uploads/x.ts', "import type { UploadStore } from '../storage/upload-store.ts'"], ['http/x.ts', "import { refuseLength } from '../storage/receive-file.ts'"]]
  },
  'jobs/ knows neither HTTP nor AWS, nor what is made, and of storage only the port': {
    bad: [['jobs/x.ts', "import { makeStoryboardRoute } from '../http/storyboard-schemas.ts'"], ['jobs/x.ts', "import type { Storyboard } from '../thumbnails/storyboard.ts'"], ['jobs/x.ts', "import { createLocalStore } from '../storage/local-store.ts'"]],
    good: [['jobs/x.ts', "import type { ObjectStore } from '../storage/object-store.ts'"], ['jobs/x.ts', "import { startDeadline } from '../limits/deadline.ts'"]]
  },
  'storage/, video/ and limits/ import nothing that stands above them but types and pure planning': {
    bad: [
      ['storage/x.ts', "import type { Config } from '../config.ts'"],
      ['limits/x.ts', "import { planOutputKey } from '../thumbnails/output-key.ts'"],
      ['video/x.ts', "import { type Thumbnail, makeThumbnail } from '../thumbnails/make-thumbnail.ts'"]
    ],
    good: [['video/x.ts', "import type { Work } from '../thumbnails/thumbnail.ts'"], ['video/x.ts', "import { resolveTimestamp } from '../thumbnails/timestamp.ts'"], ['video/x.ts', "import { PosterframeError } from '../errors.ts'"]]
  },
  'an import that leads to a file says its ending': {
    bad: [['x.ts', "import { y } from './y.js'"], ['x.ts', "import { y } from './y'"]],
    good: [['x.ts', "import { y } from './y.ts'"], ['x.ts', "import fastify from 'fastify'"]]
  },
  'no file has more than 250 lines': {
    bad: [['x.ts', 'x()\n'.repeat(251)]],
    good: [['x.ts', 'x()\n'.repeat(250)]]
  },
  'the median file has fewer than 80 lines': {
    bad: [['x.ts', 'x()\n'.repeat(80)]],
    good: [['x.ts', 'x()\n'.repeat(79)]]
  },
  'names are kebab-case and name a concept': {
    bad: [['runProcess.ts', ''], ['Video/x.ts', ''], ['utils.ts', ''], ['http/index.ts', ''], ['string-helpers.ts', ''], ['common/x.ts', ''], ['snake_case.ts', '']],
    good: [['video/run-process.ts', ''], ['storage/s3-store.ts', ''], ['commonality.ts', '']]
  },
  'exports are named': {
    bad: [['x.ts', 'export default function f () {}'], ['x.ts', 'export default 1'], ['x.ts', 'export default class {}']],
    good: [['x.ts', 'export function f () {}']]
  },
  'there are no barrels': {
    bad: [['x.ts', "export * from './y.ts'"], ['x.ts', "export { y } from './y.ts'"], ['x.ts', "export type { Y } from './y.ts'"]],
    good: [['x.ts', 'const y = 1\nexport { y }']]
  },
  'client/ stands alone: nothing of the service, nothing of Node': {
    bad: [
      ['client/x.ts', "import { createHmac } from 'node:crypto'"],
      ['client/x.ts', "import type { Thumbnail } from '../thumbnails/thumbnail.ts'"],
      ['http/x.ts', "import { signThumbnailUrl } from '../client/sign-thumbnail-url.ts'"]
    ],
    good: [['client/x.ts', "import { y } from './y.ts'\nimport createClient from 'openapi-fetch'"]]
  },
  'every export has a docblock': {
    bad: [
      ['x.ts', 'export function f () {}'], ['x.ts', 'export const a = 1'], ['x.ts', 'export type T = 1'], ['x.ts', 'export interface I {}'],
      ['x.ts', '/* no docblock */\nexport class C {}'], ['x.ts', '// nor this\nexport const a = 1'], ['x.ts', '/** */\nexport const a = 1'],
      ['x.ts', `${DOC}export const a = 1\nexport const b = 1`]
    ],
    good: [['x.ts', `${DOC}export function f () {}\n${DOC}export const a = 1\n${DOC}export interface I {}\nfunction own () {}`]]
  }
}

for (const { name, findBreaches } of SOURCE_RULES) {
  t.test(`is able to fail: ${name}`, async (t) => {
    const examples = EXAMPLES[name] ?? { bad: [], good: [] }
    t.ok(examples.bad.length > 0 && examples.good.length > 0, 'has examples')
    for (const [path, text] of examples.bad) t.equal(findBreaches([inspectSource(path, text)]).length, 1, `${path}: ${text.slice(0, 80)}`)
    for (const [path, text] of examples.good) t.same(findBreaches([inspectSource(path, text)]), [], `${path}: ${text.slice(0, 80)}`)
  })
}
