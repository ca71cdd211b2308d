import t, { type Test } from 'tap'
import { buildApp } from '../../../src/http/app.ts'
import { createHandler } from '../../../src/http/lambda/lambda-adapter.ts'
import { type HttpEvent, normalizeEvent } from '../../../src/http/lambda/lambda-event.ts'
import { createFakeServices, fakeSettings, fakeThumbnail } from '../../support/fake-services.ts'
import {
  buildBalancerEvent,
  buildContext,
  buildFunctionUrlEvent,
  buildHttpEvent,
  buildListingBalancerEvent,
  buildRestEvent,
  type EventRequest,
  readHeaders
} from '../../support/lambda-events.ts'
import { buildForm, FORM_TYPE } from '../../support/multipart-body.ts'

const UNDECODED: Array<[name: string, build: (request: EventRequest) => HttpEvent]> = [
  ['HTTP API', buildHttpEvent],
  ['HTTP API with a named stage', (request) => buildHttpEvent(request, 'prod')],
  ['function URL', buildFunctionUrlEvent],
  ['load balancer', buildBalancerEvent],
  ['load balancer with lists of values', buildListingBalancerEvent]
]
/** A REST API passes on the decoded query. */
const ALL: typeof UNDECODED = [...UNDECODED, ['REST API', buildRestEvent]]

/** Queries as clients write them, by the key they mean. */
const QUERIES: Record<string, readonly string[]> = {
  'a,b.mp4': ['key=a,b.mp4', 'key=a%2Cb.mp4', 'key=a%2cb.mp4'],
  ',': ['key=,'],
  'a b.mp4': ['key=a+b.mp4', 'key=a%20b.mp4'],
  'a+b.mp4': ['key=a%2Bb.mp4'],
  '100%.mp4': ['key=100%25.mp4'],
  'a%2Cb.mp4': ['key=a%252Cb.mp4'],
  'a+b %2B, ü.mp4': ['key=a%2Bb+%252B,+%C3%BC.mp4', 'key=a%2Bb%20%252B%2C%20%C3%BC.mp4'],
  'ä/日本/🎬.mp4': [
    'key=%C3%A4%2F%E6%97%A5%E6%9C%AC%2F%F0%9F%8E%AC.mp4',
    'key=%C3%A4/%E6%97%A5%E6%9C%AC/%F0%9F%8E%AC.mp4'
  ],
  '#?&=;.mp4': ['key=%23%3F%26%3D%3B.mp4', 'key=%23?%26=;.mp4'],
  "it's (1)!*.mp4": ['key=it%27s%20(1)!*.mp4', "key=it's+(1)!*.mp4"],
  'a//b': ['key=a//b']
}
/** Queries without a valid key, which cause the same error everywhere. */
const REFUSED = [
  'key=',
  '',
  'key=%zz',
  'key=%',
  'key=%C3',
  'key=a&key=b',
  'key=a&width=1,2',
  'ke%79=a&colour=red',
  'key=a&timestamp=50%'
]

/** Builds the same app as a server and behind the adapter. `seen` collects their requests. */
async function start (t: Test) {
  const seen: unknown[] = []
  const services = createFakeServices(t.testdir(), {
    makeThumbnail: async ({ source, options }) => {
      seen.push(source.kind === 'stored' ? source.key : source.kind, options.timestamp)
      return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
    }
  })
  const build = async (onLambda: boolean) => {
    const app = await buildApp(services, { ...fakeSettings, onLambda, maxUploadBytes: 2 ** 30 })
    app.get('/address', { schema: { hide: true } }, async ({ ip }) => ip)
    t.teardown(() => app.close())
    return app
  }
  const server = await build(false)
  const base = await server.listen({ host: '127.0.0.1', port: 0 })
  const handle = await createHandler(await build(true))
  const take = (status: number, body: string) => ({
    status,
    code: status < 400 ? undefined : (JSON.parse(body) as { code: string }).code,
    seen: seen.splice(0)
  })
  return {
    askServer: async (query: string) => {
      const response = await fetch(`${base}/v1/thumbnails?${query}`, { redirect: 'manual' })
      return take(response.status, await response.text())
    },
    ask: async (event: HttpEvent) => {
      const answer = await handle(event, buildContext())
      return { ...take(answer.statusCode, answer.body), body: answer.body, headers: readHeaders(answer) }
    }
  }
}

t.test('gives a URL the same meaning in the server and in every Lambda event', async (t) => {
  const { askServer, ask } = await start(t)
  for (const [key, queries] of Object.entries(QUERIES)) {
    for (const query of queries.map((query) => `${query}&timestamp=50%25`)) {
      const expected = await askServer(query)
      t.match(expected, { status: 302, seen: [key, { kind: 'fraction', fraction: 0.5 }] }, query)
      for (const [name, build] of ALL) {
        t.match(await ask(build({ method: 'GET', path: '/v1/thumbnails', query })), expected, `${name}: ${query}`)
      }
    }
  }
  for (const query of REFUSED) {
    const expected = await askServer(query)
    t.match(expected, { status: 400, code: /invalid/, seen: [] }, query)
    for (const [name, build] of UNDECODED) {
      // A REST API passes the parameters as an object, in which the last one of a name wins.
      if (name === 'load balancer' && query === 'key=a&key=b') continue
      t.match(await ask(build({ method: 'GET', path: '/v1/thumbnails', query })), expected, `${name}: ${query}`)
    }
  }
})

t.test('takes the client address that the gateway or the load balancer saw', async (t) => {
  const { ask } = await start(t)
  for (const [name, build] of ALL) {
    t.equal(
      (await ask(build({ method: 'GET', path: '/address', headers: { 'X-Forwarded-For': '198.51.100.7' } }))).body,
      '192.0.2.1',
      name
    )
  }
  const addresses = {
    '': undefined,
    'a, 192.0.2.1:4711': '192.0.2.1',
    '2001:db8::1': '2001:db8::1',
    '[2001:db8::1]:4711': '2001:db8::1'
  }
  for (const [header, address] of Object.entries(addresses)) {
    const event = buildBalancerEvent({ method: 'GET', path: '/' })
    t.equal(
      normalizeEvent({ ...event, headers: { 'x-forwarded-for': header } }).requestContext.identity.sourceIp,
      address,
      header
    )
  }
})

t.test('limits a body to the size of its event, and names the alternative', async (t) => {
  const { ask } = await start(t)
  const fits = buildForm([{ name: 'file', filename: 'a.mp4', content: '' }]).length
  for (const [name, build] of ALL) {
    const maxBytes = name.startsWith('load balancer') ? 700 * 1024 : 4 * 1024 * 1024
    const post = (bytes: number) => {
      const body = buildForm([{ name: 'file', filename: 'a.mp4', content: Buffer.alloc(bytes - fits) }])
      return ask(build({ method: 'POST', path: '/v1/thumbnails', headers: { 'content-type': FORM_TYPE }, body }))
    }
    t.match(await post(maxBytes), { status: 201, seen: ['upload'] }, name)
    const refused = await post(maxBytes + 1)
    t.match(refused, { status: 413, code: 'upload_too_large', seen: [] }, name)
    t.match(JSON.parse(refused.body), { maxBytes, detail: /\/v1\/uploads.*send its key/ }, name)
  }
})

t.test('returns not_found for a path that no URL can have', async (t) => {
  const { ask } = await start(t)
  for (const [name, build] of UNDECODED) {
    for (const path of [
      '/nothing',
      '//v1/thumbnails',
      '/v1/thumbnails?key=a',
      '/v1/thumbnails#',
      '/%zz',
      '/ü/ /',
      '//'
    ]) {
      t.match(await ask(build({ method: 'GET', path })), { status: /^40[04]$/, seen: [] }, `${name}: ${path}`)
    }
  }
})

t.test('responds to an event that is no HTTP request with a problem document', async (t) => {
  const handle = await createHandler(await buildApp(createFakeServices(), fakeSettings))
  for (const event of [
    {},
    null,
    'text',
    { requestContext: {} },
    { requestContext: null, path: '/', httpMethod: 'GET' },
    { requestContext: { elb: {} }, path: {} },
    { requestContext: {}, rawPath: '/' }
  ]) {
    const { statusCode, headers, body } = await handle(event as unknown as HttpEvent, buildContext())
    t.equal(statusCode, 400, JSON.stringify(event))
    t.equal(headers?.['content-type'], 'application/problem+json')
    t.match(JSON.parse(body), { code: 'invalid_request', detail: /not an HTTP request/ })
  }
})
