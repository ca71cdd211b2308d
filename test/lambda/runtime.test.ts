// What ships, under the real runtime interface client, with a real S3 behind it.
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'
import t, { type Test } from 'tap'
import { deployFunction, getThumbnail, KEY, type LambdaDeployment, postFile, postKey, STALLING } from '../support/lambda-deployment.ts'
import { buildBalancerEvent, buildFunctionUrlEvent, buildHttpEvent, buildRestEvent, type EventRequest } from '../support/lambda-events.ts'
import { type LambdaFunction, lambdaRuntimeMissing, startFunction } from '../support/lambda-runtime.ts'
import { readFrameNumber } from '../support/local-service.ts'
import { radosgwMissing } from '../support/radosgw.ts'

const skip = lambdaRuntimeMissing || radosgwMissing
const PAYLOADS: Record<string, (request: EventRequest) => APIGatewayProxyEvent | APIGatewayProxyEventV2 | ALBEvent> = {
  'REST API': buildRestEvent, 'HTTP API': buildHttpEvent, 'function URL': buildFunctionUrlEvent, 'load balancer': buildBalancerEvent
}

let deployment: LambdaDeployment
let running: LambdaFunction

t.before(async () => {
  if (skip !== false) return
  deployment = await deployFunction(t)
  running = await start(t, 'tmp')
})

/** Starts the function with a temporary directory of its own, which is all of the disk that Lambda gives it. */
async function start (t: Test, name: string): Promise<LambdaFunction> {
  const temporary = join(deployment.directory, name)
  await mkdir(temporary)
  const started = await startFunction('lambda.handler', { directory: deployment.task, env: { ...deployment.env, TMPDIR: temporary } })
  t.teardown(() => started.stop())
  return started
}

interface HttpAnswer { readonly statusCode: number, readonly headers: Record<string, string>, readonly body: string }

const ask = async (event: unknown, options?: { timeoutMs: number }) => {
  const { statusCode, headers, body } = await running.invoke(event, options) as HttpAnswer
  return { status: statusCode, headers, body: body === '' ? {} : JSON.parse(body) as Record<string, unknown> }
}
for (const [name, build] of Object.entries(PAYLOADS)) {
  t.test(`answers a ${name}: a key, an upload, a redirect, and what is wrong`, { skip }, async (t) => {
    const byKey = await ask(build(postKey({ key: KEY, timestamp: '2s' })))
    t.match(byKey, { status: /^20[01]$/, body: { source: { key: KEY }, timestamp: 2 } })
    t.equal(await readFrameNumber(byKey.body['url'] as string), 50)
    const uploaded = await ask(build(postFile(deployment.video)))
    t.match(uploaded, { status: /^20[01]$/, body: { source: { key: null }, timestamp: 1 } })
    t.equal(await readFrameNumber(uploaded.body['url'] as string), 25)
    const redirect = await ask(build(getThumbnail(`key=${encodeURIComponent(KEY)}&timestamp=50%25`)))
    t.equal(redirect.status, 302)
    t.equal(await readFrameNumber(redirect.headers['location']!), 50)
    t.match(await ask(build(postFile(Buffer.alloc(name === 'load balancer' ? 750_000 : 4_300_000)))), { status: 413, body: { code: 'upload_too_large', detail: /\/v1\/uploads/ } })
    t.match(await ask(build(getThumbnail('key=nothing.mp4'))), { status: 404, body: { code: 'source_not_found' } })
    t.match(await ask(build(postFile(Buffer.from('no video')))), { status: 415, body: { code: 'unsupported_media' } })
  })
}

t.test('says that it could not be done in time before Lambda ends it', { skip }, async (t) => {
  const { status, body } = await ask(buildHttpEvent(getThumbnail(`key=${STALLING}`)), { timeoutMs: 2000 })
  t.match({ status, code: body['code'] }, { status: 504, code: 'timed_out' })
  const [, allowedMs = 'none'] = /the (\d+) ms/.exec(body['detail'] as string) ?? []
  t.ok(Number(allowedMs) <= 1000, 'and keeps a second back')
  t.match(await ask(buildHttpEvent(getThumbnail(`key=${encodeURIComponent(KEY)}`))), { status: 302 }, 'and goes on')
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
    for (const plan of requests) {
      const [request, status] = plan(round)
      const answer = await ask(buildRestEvent(request))
      if (!status.test(String(answer.status))) t.fail(`${request.method} ${String(request.body)}: ${answer.status} ${JSON.stringify(answer.body)}`)
    }
  }
  t.same(await list(), before)
})

t.test('a configuration that is wrong ends the init with what is wrong', { skip }, async (t) => {
  const wrong = startFunction('lambda.handler', { directory: deployment.task, env: { ...deployment.env, POSTERFRAME_SLOTS: 'many', POSTERFRAME_STORE: 'local' } })
  const { cause } = await wrong.then(() => t.fail('it started'), (error: unknown) => error) as { cause: unknown }
  for (const name of ['POSTERFRAME_STORE', 'POSTERFRAME_SLOTS']) t.match(cause, { errorType: 'ConfigError', errorMessage: new RegExp(`^ {2}${name} must`, 'm') })
})
