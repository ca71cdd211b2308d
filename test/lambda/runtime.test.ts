// The built bundle under Lambda's own runtime interface client, with an S3 server.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'
import t, { type Test } from 'tap'
import { waitUntil } from '../acceptance/posterframe.ts'
import {
  deployFunction,
  getThumbnail,
  KEY,
  type LambdaDeployment,
  postFile,
  postKey,
  STALLING
} from '../support/lambda-deployment.ts'
import {
  buildBalancerEvent,
  buildFunctionUrlEvent,
  buildHttpEvent,
  buildRestEvent,
  type EventRequest
} from '../support/lambda-events.ts'
import { type LambdaFunction, lambdaRuntimeMissing, startFunction } from '../support/lambda-runtime.ts'
import { readFrameNumber } from '../support/local-service.ts'
import { listDescendants } from '../support/process-use.ts'
import { radosgwMissing } from '../support/radosgw.ts'
import { buildBridgeEvent, buildNotification, buildQueueEvent, encodeFormKey } from '../support/source-events.ts'
import { NO_LIBAV } from '../support/test-decoder.ts'

const skip = lambdaRuntimeMissing || radosgwMissing
const PAYLOADS: Record<string, (request: EventRequest) => APIGatewayProxyEvent | APIGatewayProxyEventV2 | ALBEvent> = {
  'REST API': buildRestEvent,
  'HTTP API': buildHttpEvent,
  'function URL': buildFunctionUrlEvent,
  'load balancer': buildBalancerEvent
}

t.setTimeout(600_000)
let deployment: LambdaDeployment
let running: LambdaFunction

t.before(async () => {
  if (skip !== false) return
  deployment = await deployFunction(t)
  running = await start(t, 'tmp')
})

/** Starts a function with a temporary directory of its own, the only disk space on Lambda. */
async function start (t: Test, name: string, entry = 'lambda.api'): Promise<LambdaFunction> {
  const temporary = join(deployment.directory, name)
  await mkdir(temporary)
  const started = await startFunction(entry, {
    directory: deployment.task,
    env: { ...deployment.env, TMPDIR: temporary }
  })
  t.teardown(() => started.stop())
  return started
}

interface HttpResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: string
}

const send = async (event: unknown, options?: { timeoutMs: number }) => {
  const { statusCode, headers, body } = (await running.invoke(event, options)) as HttpResponse
  return { status: statusCode, headers, body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>) }
}

for (const [name, build] of Object.entries(PAYLOADS)) {
  t.test(`responds to events of a ${name}: key, upload, redirect, errors`, { skip }, async (t) => {
    const byKey = await send(build(postKey({ key: KEY, timestamp: '2s' })))
    t.match(byKey, { status: /^20[01]$/, body: { source: { key: KEY }, timestamp: 2 } })
    t.equal(await readFrameNumber(byKey.body['url'] as string), 50)
    const uploaded = await send(build(postFile(deployment.video)))
    t.match(uploaded, { status: /^20[01]$/, body: { source: { key: null }, timestamp: 1 } })
    t.equal(await readFrameNumber(uploaded.body['url'] as string), 25)
    const redirect = await send(build(getThumbnail(`key=${encodeURIComponent(KEY)}&timestamp=50%25`)))
    t.equal(redirect.status, 302)
    t.equal(await readFrameNumber(redirect.headers['location']!), 50)
    t.match(await send(build(postFile(Buffer.alloc(name === 'load balancer' ? 750_000 : 4_300_000)))), {
      status: 413,
      body: { code: 'upload_too_large', detail: /\/v1\/uploads/ }
    })
    t.match(await send(build(getThumbnail('key=nothing.mp4'))), { status: 404, body: { code: 'source_not_found' } })
    t.match(await send(build(postFile(Buffer.from('no video')))), { status: 415, body: { code: 'unsupported_media' } })
  })
}

t.test('responds with a timeout before Lambda ends the invocation', { skip }, async (t) => {
  const { status, body } = await send(buildHttpEvent(getThumbnail(`key=${STALLING}`)), { timeoutMs: 2000 })
  t.match({ status, code: body['code'] }, { status: 504, code: 'timed_out' })
  const [, allowedMs = 'none'] = /limit of (\d+) ms/.exec(body['detail'] as string) ?? []
  t.ok(Number(allowedMs) <= 1000, 'at least a second is reserved')
  t.match(await send(buildHttpEvent(getThumbnail(`key=${encodeURIComponent(KEY)}`))), { status: 302 }, 'the next event')
})

t.test('leaves nothing in its temporary directory over 500 invocations', { skip, timeout: 280_000 }, async (t) => {
  const list = () => readdir(join(deployment.directory, 'tmp'))
  const before = await list()
  const requests: Array<(round: number) => [request: EventRequest, status: RegExp]> = [
    (round) => [postKey({ key: KEY, timestamp: `${round * 40}ms`, width: 64 }), /^201$/],
    (round) => [postKey({ key: KEY, timestamp: `${round * 40}ms`, width: 64 }), /^200$/],
    () => [postFile(Buffer.from('no video')), /^415$/],
    () => [postKey({ key: 'nothing.mp4' }), /^404$/],
    () => [postKey({ key: KEY, timestamp: '1h' }), /^422$/]
  ]
  for (let round = 0; round < 100; round++) {
    for (const build of requests) {
      const [request, status] = build(round)
      const response = await send(buildRestEvent(request))
      if (!status.test(String(response.status))) {
        t.fail(`${request.method} ${String(request.body)}: ${response.status} ${JSON.stringify(response.body)}`)
      }
    }
  }
  t.same(await list(), before)
})

t.test('the events function makes thumbnails of a notification, and none of its own output', { skip }, async (t) => {
  const events = await start(t, 'events', 'lambda.events')
  const bucket = deployment.env['POSTERFRAME_SOURCE_BUCKETS'] ?? ''
  const client = new S3Client({
    endpoint: deployment.env['AWS_ENDPOINT_URL_S3']!,
    region: 'us-east-1',
    credentials: {
      accessKeyId: deployment.env['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: deployment.env['AWS_SECRET_ACCESS_KEY']!
    },
    forcePathStyle: true
  })
  t.teardown(() => {
    client.destroy()
  })
  await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: 'bad.mp4', Body: 'no video', ContentType: 'video/mp4' })
  )
  const message = (...keys: string[]) => JSON.stringify(buildNotification(keys.map((key) => ({ bucket, key }))))
  t.same(await events.invoke(buildQueueEvent([message(KEY), message('bad.mp4', 'gone.mp4')])), {
    batchItemFailures: []
  })
  const list = async (prefix: string) =>
    (await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))).Contents?.map(({ Key = '' }) =>
      Key.slice(prefix.length).replace(/^[0-9a-f]{32}/, 'fingerprint')
    ) ?? []
  t.ok((await list(`thumbnails/${KEY}/`)).includes('poster.jpg'))
  t.same((await list('thumbnails/bad.mp4/')).sort(), ['fingerprint.failed', 'poster.failed'])
  const { Body, ContentType, CacheControl } = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: `thumbnails/${KEY}/poster.jpg` })
  )
  t.match(
    { ContentType, CacheControl, start: Buffer.from(await Body!.transformToByteArray()).readUInt16BE() },
    { ContentType: 'image/jpeg', CacheControl: 'public, max-age=300', start: 0xffd8 }
  )
  const made = (await list('')).filter((key) => key !== STALLING)
  t.same(await events.invoke(buildQueueEvent(made.map((key) => message(key)))), { batchItemFailures: [] })
  t.same(
    (await list('')).filter((key) => key !== STALLING),
    made,
    'events of its own objects and repeated events make nothing'
  )
  t.equal(await events.invoke(buildBridgeEvent({ bucket, key: KEY })), null)
})

t.test('the batch function handles jobs and tasks, with errors named by their codes', { skip }, async (t) => {
  const batch = await start(t, 'batch', 'lambda.batch')
  const bucket = deployment.env['POSTERFRAME_SOURCE_BUCKETS'] ?? ''
  const task = { taskId: '1', s3Key: encodeFormKey(KEY), s3VersionId: null, s3BucketArn: `arn:aws:s3:::${bucket}` }
  t.match(await batch.invoke({ invocationSchemaVersion: '1.0', invocationId: '1', job: { id: '1' }, tasks: [task] }), {
    results: [{ taskId: '1', resultCode: 'Succeeded', resultString: `thumbnails/${KEY}/poster.jpg` }]
  })
  const thumbnail = (await batch.invoke({ key: KEY, timestamp: '2s' })) as { url: string }
  t.equal(await readFrameNumber(thumbnail.url), 50)
  const { cause } = (await batch.invoke({ key: 'gone.mp4' }).then(
    () => t.fail('it succeeded'),
    (error: unknown) => error
  )) as { cause: unknown }
  t.match(cause, { errorType: 'source_not_found' })
})

t.test('stops at SIGTERM, together with its decoder processes', { skip: skip || NO_LIBAV }, async (t) => {
  const temporary = join(deployment.directory, 'libav')
  await mkdir(temporary)
  execFileSync(
    process.execPath,
    ['scripts/build.mjs', '--with-libav', '--outdir', join(deployment.directory, 'libav-task')],
    { stdio: ['ignore', 'ignore', 'inherit'] }
  )
  const started = await startFunction('lambda.api', {
    directory: join(deployment.directory, 'libav-task'),
    env: { ...deployment.env, TMPDIR: temporary, POSTERFRAME_DECODER: 'libav' }
  })
  t.equal(
    ((await started.invoke(buildHttpEvent(getThumbnail(`key=${encodeURIComponent(KEY)}&timestamp=3s`)))) as HttpResponse)
      .statusCode,
    302
  )
  const workers = listDescendants(started.pid)
  t.ok(workers.length > 0)
  t.same(await started.stop('SIGTERM'), { code: null, signal: 'SIGTERM' })
  t.same(await readdir(temporary), [])
  await waitUntil(async () => workers.every((pid) => !existsSync(`/proc/${pid}`)))
})

t.test('an invalid configuration ends the init with the names of the variables', { skip }, async (t) => {
  const wrong = startFunction('lambda.api', {
    directory: deployment.task,
    env: { ...deployment.env, POSTERFRAME_SLOTS: 'many', POSTERFRAME_STORE: 'local' }
  })
  const { cause } = (await wrong.then(
    () => t.fail('it started'),
    (error: unknown) => error
  )) as { cause: unknown }
  for (const name of ['POSTERFRAME_STORE', 'POSTERFRAME_SLOTS']) {
    t.match(cause, { errorType: 'ConfigError', errorMessage: new RegExp(`^ {2}${name} must`, 'm') })
  }
})
