import { createHash } from 'node:crypto'
import t from 'tap'
import { createApiKeyCheck, type ApiKeyEntry } from '../../../src/access/api-keys.ts'
import { createAuthenticate } from '../../../src/access/authenticate.ts'
import { signThumbnailUrl } from '../../../src/access/signed-thumbnail-url.ts'
import { PosterframeError } from '../../../src/errors.ts'
import { buildApp } from '../../../src/http/app.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { createFakeServices, fakeSettings } from '../../support/fake-services.ts'
import { buildForm, FORM_TYPE } from '../../support/multipart-body.ts'
import { type AppServices, type AppSettings, OPEN_ACCESS } from '../../../src/http/services.ts'

const url = '/v1/thumbnails'
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const hash = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`
const entries: ApiKeyEntry[] = [
  { name: 'all', hash: hash('pfk_all') },
  { name: 'reader', hash: hash('pfk_reader'), verbs: ['read'] },
  { name: 'tenant', hash: hash('pfk_tenant'), buckets: ['videos'], prefixes: ['tenant-1/', 'shared/a/'] },
  { name: 'monitor', hash: hash('pfk_monitor'), verbs: ['operate'] }
]
const authenticate = createAuthenticate({ checkApiKey: createApiKeyCheck(entries), checkToken: undefined })
const secret = { id: 'k1', secret: Buffer.alloc(32, 7) }
const presets = new Map([['poster', { width: 640, expires: 600 }]])

type Test = Parameters<typeof buildContractedApp>[0]
const build = (t: Test, access: Partial<AppSettings['access']> = {}, services: Partial<AppServices> = {}) =>
  buildContractedApp(
    t,
    { authenticate, ...services },
    { access: { ...OPEN_ACCESS, anonymousGet: 'none', signingSecrets: [secret], presets, ...access } }
  )
const sign = (query: Record<string, string | number>, secondsLeft = 60) =>
  signThumbnailUrl(secret, { base: '', query, signedUntil: Math.floor(Date.now() / 1000) + secondsLeft })

t.test('rejects an unknown key with WWW-Authenticate', async (t) => {
  const { send, services } = await build(t)
  const headers = [
    {},
    bearer('pfk_none'),
    bearer(''),
    { authorization: 'pfk_all' },
    { authorization: 'Basic cGZrX2FsbDo=' },
    { 'x-api-key': '' },
    { 'x-api-key': 'pfk_al' },
    // X-Api-Key takes precedence over other credentials.
    { 'x-api-key': 'pfk_none', ...bearer('pfk_all') }
  ]
  for (const shown of headers) {
    for (const request of [
      { method: 'GET' as const, url: `${url}?key=a` },
      { method: 'POST' as const, url, payload: { key: 'a' } }
    ]) {
      const answer = await send({ ...request, headers: shown })
      t.match(answer.json(), { status: 401, code: 'unauthenticated', retryable: false }, JSON.stringify(shown))
      t.equal(answer.headers['www-authenticate'], 'Bearer realm="posterframe"')
    }
  }
  t.equal((await send({ method: 'HEAD', url: `${url}?key=a` })).statusCode, 401)
  t.same(services.requests, [])
})

t.test('accepts a key as a bearer token or in X-Api-Key', async (t) => {
  const { send, services } = await build(t)
  for (const headers of [bearer('pfk_all'), { authorization: 'bearer  pfk_all' }, { 'x-api-key': 'pfk_all' }]) {
    t.equal((await send({ method: 'POST', url, headers, payload: { key: 'a' } })).statusCode, 201)
    t.equal((await send({ method: 'GET', url: `${url}?key=a`, headers })).statusCode, 302)
  }
  t.equal(services.requests.length, 6)
})

t.test('rejects an unknown caller before reading the body', async (t) => {
  const { send } = await build(
    t,
    {},
    { scratch: { reserveSpace: async () => {}, withDirectory: async () => t.fail('read') as never } }
  )
  const payload = buildForm([{ name: 'file', filename: 'a.mp4', content: 'x' }])
  t.equal((await send({ method: 'POST', url, headers: { 'content-type': FORM_TYPE }, payload })).statusCode, 401)
  t.equal(
    (await send({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: '{"broken' }))
      .statusCode,
    401
  )
})

t.test('returns forbidden_action for a permission that the key lacks, including uploads', async (t) => {
  const { send, services } = await build(t)
  const form = {
    headers: { 'content-type': FORM_TYPE, ...bearer('pfk_reader') },
    payload: buildForm([{ name: 'file', filename: 'a.mp4', content: 'x' }])
  }
  t.match((await send({ method: 'POST', url, headers: bearer('pfk_reader'), payload: { key: 'a' } })).json(), {
    status: 403,
    code: 'forbidden_action',
    detail: /"write"/
  })
  t.match((await send({ method: 'POST', url, ...form })).json(), { status: 403, code: 'forbidden_action' })
  t.match((await send({ method: 'GET', url: `${url}?key=a`, headers: bearer('pfk_monitor') })).json(), {
    status: 403,
    code: 'forbidden_action'
  })
  t.same(services.requests, [])
  t.equal((await send({ method: 'GET', url: `${url}?key=a`, headers: bearer('pfk_reader') })).statusCode, 302)
})

t.test(
  'limits a key to the buckets and prefixes of its scope, whether or not the object exists',
  async (t) => {
    const { send, services } = await build(t)
    const ask = async (key: string, bucket?: string) => {
      const get = await send({
        method: 'GET',
        url: `${url}?${new URLSearchParams({ key, ...(bucket === undefined ? {} : { bucket }) }).toString()}`,
        headers: bearer('pfk_tenant')
      })
      const post = await send({
        method: 'POST',
        url,
        payload: { key, ...(bucket === undefined ? {} : { bucket }) },
        headers: bearer('pfk_tenant')
      })
      t.equal(get.statusCode === 302, post.statusCode === 201)
      return post.statusCode === 201 ? 'made' : post.json<{ code: string }>().code
    }
    for (const key of ['tenant-1/a.mp4', 'tenant-1/b/c.mp4', 'shared/a/x', 'tenant-1/']) {
      t.equal(await ask(key), 'made', key)
    }
    const made = services.requests.length
    const foreign = [
      'tenant-10/a.mp4',
      'tenant-1',
      'a.mp4',
      'shared/b/x',
      'Tenant-1/a',
      '/tenant-1/a',
      'tenant-1/../tenant-2/a',
      'tenant-1/./a',
      'shared/a/..',
      'tenant-1/a\n',
      'tenant-1/\u007f',
      'tenant-1/\0'
    ]
    for (const key of foreign) t.equal(await ask(key), 'forbidden_key', JSON.stringify(key))
    for (const bucket of ['other', 'thumbnails', 'Videos']) {
      t.equal(await ask('tenant-1/a.mp4', bucket), 'forbidden_bucket', bucket)
    }
    t.equal(services.requests.length, made)
  }
)

t.test(
  'serves 404, health and readiness without details to unknown callers',
  async (t) => {
    const { send, app } = await build(t)
    t.equal((await send({ method: 'GET', url: '/nothing' })).statusCode, 404)
    t.equal((await send({ method: 'DELETE', url })).statusCode, 405)
    for (const headers of [{}, bearer('pfk_none')]) {
      t.equal((await send({ method: 'GET', url: '/healthz', headers })).statusCode, 200)
      for (const page of ['/docs', '/docs/docs.js', '/openapi.yaml']) {
        t.equal((await app.inject({ url: page, headers })).statusCode, 200, page)
      }
    }
    for (const headers of [{}, bearer('pfk_none'), bearer('pfk_all')]) {
      t.strictSame((await send({ method: 'GET', url: '/readyz', headers })).json(), { ready: true })
    }
    t.strictSame((await send({ method: 'GET', url: '/readyz', headers: bearer('pfk_monitor') })).json(), {
      ready: true,
      checks: { store: { ok: true } }
    })
  }
)

t.test('requires a key for a new route, and operate for metrics', async (t) => {
  for (const [isMetricsPublic, expected] of [
    [false, [401, 403, 200]],
    [true, [200, 200, 200]]
  ] as const) {
    const app = await buildApp(createFakeServices(undefined, { authenticate }), {
      ...fakeSettings,
      access: { ...OPEN_ACCESS, anonymousGet: 'none', isMetricsPublic }
    })
    t.teardown(() => app.close())
    for (const path of ['/metrics', '/v1/later']) app.get(path, { schema: { hide: true } }, async () => ({}))
    const statuses = await Promise.all(
      [{}, bearer('pfk_all'), bearer('pfk_monitor')].map(
        async (headers) => (await app.inject({ url: '/metrics', headers })).statusCode
      )
    )
    t.same(statuses, expected)
    t.equal((await app.inject('/v1/later')).statusCode, 401)
    t.equal((await app.inject({ url: '/v1/later', headers: bearer('pfk_reader') })).statusCode, 200)
  }
})

t.test('accepts a signed URL without a key, with exactly the signed parameters', async (t) => {
  const { send, services } = await build(t)
  const signed = sign({ key: "a b+ä/'(1)*!.mp4", timestamp: '50%', width: 640 })
  t.equal((await send({ method: 'GET', url: signed })).statusCode, 302)
  t.equal((await send({ method: 'HEAD', url: signed })).statusCode, 302)
  t.match(services.requests[0], { source: { key: "a b+ä/'(1)*!.mp4" }, options: { width: 640 } })
  const changed = [
    signed.replace('width=640', 'width=641'),
    signed.replace('width=640', 'width=0640'),
    `${signed}&quality=90`,
    signed.replace('&timestamp=50%25', ''),
    signed.replace('/v1/thumbnails?', '/v1/thumbnails?width=640&'),
    signed.replace(/signature=(.)/, (_all, first: string) => `signature=${first === '_' ? '-' : '_'}`),
    signed.replace(/&signature=.*/, ''),
    signed.replace('keyId=k1', 'keyId=k2'),
    signed.replace(/signedUntil=\d+/, 'signedUntil=99999999999'),
    `${signed}&signature=x`,
    sign({ key: 'a' }, 0),
    sign({ key: 'a' }, -60),
    `${url}?key=a&signature=`,
    `${url}?key=a&keyId=k1`
  ]
  for (const url of changed) {
    t.match((await send({ method: 'GET', url })).json(), { status: 400, code: 'invalid_signature' }, url)
  }
  t.match(
    (await send({ method: 'GET', url: changed[0] ?? '', headers: bearer('pfk_all') })).json(),
    { code: 'invalid_signature' },
    'a key does not heal it'
  )
  t.equal(services.requests.length, 2)
  t.match(
    (await send({ method: 'GET', url: sign({ key: 'a', regenerate: 'true' }) })).json(),
    { code: 'invalid_request', parameter: 'regenerate' },
    'nor does a signature allow what a GET does not take'
  )
})

t.test('ignores signatures on POST', async (t) => {
  const { send } = await build(t)
  t.equal((await send({ method: 'POST', url: sign({}), payload: { key: 'a' } })).statusCode, 401)
  t.match((await send({ method: 'POST', url: sign({}), payload: { key: 'a' }, headers: bearer('pfk_all') })).json(), {
    code: 'invalid_request'
  })
})

t.test('expands a preset, which explicit options override', async (t) => {
  const { send, services } = await build(t)
  const headers = bearer('pfk_all')
  await send({ method: 'POST', url, headers, payload: { key: 'a', preset: 'poster' } })
  await send({ method: 'GET', url: `${url}?key=a&preset=poster&width=320`, headers })
  const form = buildForm([
    { name: 'file', filename: 'a.mp4', content: 'x' },
    { name: 'preset', content: 'poster' }
  ])
  t.equal(
    (await send({ method: 'POST', url, headers: { ...headers, 'content-type': FORM_TYPE }, payload: form })).statusCode,
    201
  )
  t.match(
    services.requests.map(({ options }) => options),
    [
      { width: 640, expires: 600 },
      { width: 320, expires: 600 },
      { width: 640, expires: 600 }
    ]
  )
  t.match((await send({ method: 'POST', url, headers, payload: { key: 'a', preset: 'other' } })).json(), {
    code: 'invalid_request',
    parameter: 'preset'
  })
  t.match((await send({ method: 'POST', url, headers, payload: { key: 'a', preset: 'toString' } })).json(), {
    code: 'invalid_request',
    parameter: 'preset'
  })
})

t.test('limits anonymous callers to presets', async (t) => {
  const modes = [
    { services: {}, refusal: { status: 401, code: 'unauthenticated' } },
    { services: { authenticate: undefined }, refusal: { status: 400, code: 'invalid_request' } }
  ]
  for (const { services, refusal } of modes) {
    const {
      send,
      services: { requests }
    } = await build(t, { anonymousGet: 'presets' }, services)
    t.equal((await send({ method: 'GET', url: `${url}?key=a&preset=poster` })).statusCode, 302)
    t.equal((await send({ method: 'GET', url: sign({ key: 'a', width: 320 }) })).statusCode, 302)
    for (const query of [
      'key=a',
      'key=a&preset=poster&width=640',
      'key=a&width=640',
      'key=a&preset=poster&expires=60'
    ]) {
      t.match((await send({ method: 'GET', url: `${url}?${query}` })).json(), refusal, query)
    }
    t.match((await send({ method: 'GET', url: `${url}?key=a&preset=poster&regenerate=true` })).json(), {
      code: 'invalid_request',
      parameter: 'regenerate'
    })
    t.equal(requests.length, 2)
  }
  const { send } = await build(t, { anonymousGet: 'presets' })
  t.equal(
    (await send({ method: 'GET', url: `${url}?key=a&preset=poster`, headers: bearer('pfk_none') })).statusCode,
    401,
    'a wrong key is not the same as none'
  )
  t.equal((await send({ method: 'POST', url, payload: { key: 'a', preset: 'poster' } })).statusCode, 401)
})

t.test('returns identity_unavailable when the keys of an issuer cannot be fetched', async (t) => {
  const { send } = await build(
    t,
    {},
    {
      authenticate: async () => {
        throw new PosterframeError('identity_unavailable', { retryAfterSeconds: 10 })
      }
    }
  )
  const answer = await send({ method: 'GET', url: `${url}?key=a`, headers: bearer('a.b.c') })
  t.match(answer.json(), { status: 502, code: 'identity_unavailable', retryable: true })
  t.equal(answer.headers['retry-after'], '10')
})

t.test('serves public routes without waiting for an issuer', async (t) => {
  const { send, app } = await build(t, {}, { authenticate: () => new Promise(() => {}) })
  t.equal((await send({ method: 'GET', url: '/healthz', headers: bearer('a.b.c') })).statusCode, 200)
  t.equal((await send({ method: 'GET', url: '/nothing', headers: bearer('a.b.c') })).statusCode, 404)
  t.equal((await app.inject({ url: '/docs', headers: bearer('a.b.c') })).statusCode, 200)
})

t.test('logs the name of the caller', async (t) => {
  const lines: string[] = []
  const app = await buildApp(createFakeServices(undefined, { authenticate }), {
    ...fakeSettings,
    logLevel: 'info',
    logStream: {
      write: (line) => {
        lines.push(line)
      }
    }
  })
  t.teardown(() => app.close())
  await app.inject({ url: `${url}?key=a`, headers: bearer('pfk_reader') })
  await app.inject({ url: `${url}?key=a`, headers: bearer('pfk_none') })
  const completed = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'request completed')
  t.same(
    completed.map(({ caller }) => caller),
    ['reader', undefined]
  )
})
