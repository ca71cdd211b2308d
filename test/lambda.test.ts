import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { parse } from 'yaml'
import { createAuthenticate } from '../src/access/authenticate.ts'
import { EVERYONE } from '../src/access/scope.ts'
import { loadConfig } from '../src/config/config.ts'
import { buildApp } from '../src/http/app.ts'
import { createHandler } from '../src/http/lambda/lambda-adapter.ts'
import type { HttpEvent } from '../src/http/lambda/lambda-event.ts'
import { printOpenapi } from '../src/http/routes/openapi-pages.ts'
import { buildAppSettings } from '../src/http/settings.ts'
import type { UploadedSource } from '../src/thumbnails/thumbnail.ts'
import { createFakeServices, fakeSettings, fakeThumbnail } from './support/fake-services.ts'
import {
  buildBalancerEvent,
  buildContext,
  buildFunctionUrlEvent,
  buildHttpEvent,
  buildListingBalancerEvent,
  buildRestEvent,
  type EventRequest,
  readHeaders
} from './support/lambda-events.ts'
import { buildForm, FORM_TYPE } from './support/multipart-body.ts'
import { type OpenapiDocument, validateResponse } from './support/openapi-contract.ts'
import type { AppServices, AppSettings } from '../src/http/services.ts'

const picture = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(1000)])
const payloads: Array<[name: string, build: (request: EventRequest) => HttpEvent]> = [
  ['REST API, payload 1.0', buildRestEvent],
  ['HTTP API, payload 2.0', buildHttpEvent],
  ['HTTP API with a named stage', (request) => buildHttpEvent(request, 'prod')],
  ['function URL', buildFunctionUrlEvent],
  ['load balancer', buildBalancerEvent],
  ['load balancer with lists of values', buildListingBalancerEvent]
]

/** The parts of a tap test that the cleanup needs. */
interface Test {
  testdir(): string
  teardown(task: () => unknown): void
}

async function buildHandler (t: Test, services: Partial<AppServices> = {}, settings: Partial<AppSettings> = {}) {
  const scratch = t.testdir()
  const fakes = createFakeServices(scratch, services)
  const app = await buildApp(fakes, { ...fakeSettings, onLambda: true, ...settings })
  app.get('/picture', { schema: { hide: true } }, async (_request, reply) => reply.type('image/jpeg').send(picture))
  const handle = await createHandler(app)
  t.teardown(() => app.close())
  const document = parse(printOpenapi(app)) as OpenapiDocument
  const invoke = async (build: (request: EventRequest) => HttpEvent, request: EventRequest, remainingMs?: number) => {
    const response = await handle(build(request), buildContext(remainingMs))
    const result = { ...response, headers: readHeaders(response) }
    if (request.path !== '/picture' && request.path !== '/docs') {
      validateResponse(document, request.method, request.path, result.statusCode, result.headers, result.body)
    }
    return result
  }
  return { invoke, requests: fakes.requests, scratch }
}

for (const [name, build] of payloads) {
  t.test(name, async (t) => {
    t.test('passes on keys with commas, pluses, percent signs and Unicode, and returns the redirect', async (t) => {
      const keys = ['a,b.mp4', ',', 'a+b c.mp4', '100%.mp4', 'a%2Cb%20c.mp4', 'ä/日本/🎬.mp4', '#?&=;.mp4', 'a//b']
      const url = 'https://s3.example/t/a%2Cb%2Bc%25d%20%F0%9F%8E%AC.jpg?X-Amz-Signature=a,b%2Bc'
      const seen: unknown[] = []
      const { invoke } = await buildHandler(t, {
        makeThumbnail: async ({ source }) => {
          seen.push(source)
          return { thumbnail: { ...fakeThumbnail, url }, urlSeconds: 3600, stepTimes: {} }
        }
      })
      for (const key of keys) {
        const result = await invoke(build, {
          method: 'GET',
          path: '/v1/thumbnails',
          query: `key=${encodeURIComponent(key)}&timestamp=50%25`
        })
        t.equal(result.statusCode, 302, key)
        t.equal(result.headers['location'], url, key)
        t.equal(result.isBase64Encoded, false)
      }
      t.same(
        seen,
        keys.map((key) => ({ kind: 'stored', bucket: 'videos', key }))
      )
    })

    t.test('reads a JSON body in base64 and responds with text', async (t) => {
      const { invoke, requests } = await buildHandler(t)
      const result = await invoke(build, {
        method: 'POST',
        path: '/v1/thumbnails',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"key":"ä,+%.mp4"}')
      })
      t.equal(result.statusCode, 201)
      t.equal(result.isBase64Encoded, false)
      t.same(JSON.parse(result.body), fakeThumbnail)
      t.match(requests[0]?.source, { key: 'ä,+%.mp4' })
    })

    t.test('writes an upload to scratch byte for byte', async (t) => {
      const video = randomBytes(500_000)
      const sha256 = createHash('sha256').update(video).digest('hex')
      const seen: unknown[] = []
      const { invoke, scratch } = await buildHandler(t, {
        makeThumbnail: async ({ source }) => {
          const upload = source as UploadedSource
          seen.push(
            upload.sha256,
            createHash('sha256')
              .update(await readFile(upload.path))
              .digest('hex')
          )
          return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
        }
      })
      const body = buildForm([
        { name: 'width', content: '640' },
        { name: 'file', filename: 'a.mp4', content: video }
      ])
      const result = await invoke(build, {
        method: 'POST',
        path: '/v1/thumbnails',
        headers: { 'content-type': FORM_TYPE },
        body
      })
      t.equal(result.statusCode, 201)
      t.same(seen, [sha256, sha256])
      const headers = { 'content-type': 'video/mp4' }
      const raw = await invoke(build, { method: 'POST', path: '/v1/thumbnails', headers, body: video })
      t.equal(raw.statusCode, 201)
      t.same(seen.slice(2), [sha256, sha256], 'the body is the video')
      t.same(await readdir(scratch), [])
    })

    t.test('returns a picture byte for byte, and a page as text', async (t) => {
      const { invoke } = await buildHandler(t)
      const result = await invoke(build, { method: 'GET', path: '/picture' })
      t.equal(result.isBase64Encoded, true)
      t.ok(Buffer.from(result.body, 'base64').equals(picture))
      t.match(await invoke(build, { method: 'GET', path: '/docs' }), { statusCode: 200, isBase64Encoded: false })
    })

    t.test('limits a request to the remaining time of the invocation minus a second', async (t) => {
      const { invoke } = await buildHandler(
        t,
        {
          makeThumbnail: (_request, { signal }) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                reject(signal.reason as Error)
              })
            })
        },
        { timeoutMs: 600_000 }
      )
      for (const remainingMs of [1010, 500]) {
        const result = await invoke(build, { method: 'GET', path: '/v1/thumbnails', query: 'key=a' }, remainingMs)
        t.match(JSON.parse(result.body), { status: 504, code: 'timed_out' })
      }
    })

    t.test('a problem has the request ID of the gateway if that is valid', async (t) => {
      const { invoke } = await buildHandler(t)
      const request = { method: 'GET', path: '/v1/thumbnails' }
      const plain = JSON.parse((await invoke(build, request)).body) as { requestId: string }
      t.match(
        plain.requestId,
        name.startsWith('load balancer')
          ? /^[0-9a-f-]{36}$/
          : /^(c6af9ac6-7b61-11e6-9a41-93e8deadbeef|JKJaXmPLvHcESHA=)$/
      )
      const forged = JSON.parse((await invoke(build, { ...request, headers: { 'x-request-id': 'a b"\n' } })).body) as {
        requestId: string
      }
      t.match(forged.requestId, /^[0-9a-f-]{36}$/)
    })
  })
}

t.test('checks API keys, and sheds no load, since a process has one request at a time', async (t) => {
  const authenticate = createAuthenticate({
    checkApiKey: (key) => (key === 'right' ? { ...EVERYONE, name: 'a' } : undefined),
    checkToken: undefined
  })
  for (const [name, build] of payloads) {
    const { invoke, requests } = await buildHandler(t, { authenticate })
    const get = (headers: Record<string, string>) =>
      invoke(build, { method: 'GET', path: '/v1/thumbnails', query: 'key=a', headers })
    const rejected = await get({})
    t.match(JSON.parse(rejected.body), { status: 401, code: 'unauthenticated' }, name)
    t.equal(rejected.headers['www-authenticate'], 'Bearer realm="posterframe"')
    t.equal((await get({ Authorization: 'Bearer right' })).statusCode, 302, name)
    t.equal((await get({ 'X-Api-Key': 'right' })).statusCode, 302, name)
    t.equal((await get({ 'x-api-key': 'wrong' })).statusCode, 401, name)
    t.equal(requests.length, 2)
  }
  const env = {
    POSTERFRAME_AUTH: 'none',
    POSTERFRAME_OUTPUT_BUCKET: 'pictures',
    POSTERFRAME_SOURCE_BUCKETS: 'raw',
    AWS_LAMBDA_FUNCTION_NAME: 'api'
  }
  t.match(buildAppSettings(loadConfig(env), { onLambda: true }).security, {
    rateLimit: undefined,
    maxEventLoopDelayMs: 0
  })
})

t.test('concurrent requests in one process have separate deadlines', async (t) => {
  const left: number[] = []
  const { invoke } = await buildHandler(t, {
    makeThumbnail: async ({ source }, { signal }) => {
      if (source.kind === 'stored' && source.key === 'long') {
        return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
      }
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          left.push(1)
          reject(signal.reason as Error)
        })
      })
    }
  })
  const get = (key: string, remainingMs: number) =>
    invoke(buildHttpEvent, { method: 'GET', path: '/v1/thumbnails', query: `key=${key}` }, remainingMs)
  const [short, long] = await Promise.all([get('short', 1010), get('long', 60_000)])
  t.equal(short.statusCode, 504)
  t.equal(long.statusCode, 302)
  t.equal(left.length, 1)
})
