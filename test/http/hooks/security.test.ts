import { once } from 'node:events'
import t from 'tap'
import { createApiKeyCheck } from '../../../src/access/api-keys.ts'
import { createAuthenticate } from '../../../src/access/authenticate.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { buildForm, FORM_TYPE } from '../../support/multipart-body.ts'
import { connectRaw, openRequest } from '../../support/raw-http.ts'
import { createPrometheus } from '../../../src/telemetry/prometheus.ts'
import { OPEN_ACCESS, type SecuritySettings, NO_SECURITY } from '../../../src/http/services.ts'

type Test = Parameters<typeof buildContractedApp>[0]
const url = '/v1/thumbnails?key=a'
const build = (t: Test, security: Partial<SecuritySettings>, settings = {}, services = {}) =>
  buildContractedApp(t, services, { security: { ...NO_SECURITY, ...security }, ...settings })

t.test('accepts only allowed host names, on every route', async (t) => {
  const { send, services } = await build(t, { allowedHosts: ['localhost', '[::1]'] }, {}, {
    metrics: createPrometheus()
  })
  const ask = async (host: string, path = url) =>
    (await send({ method: 'GET', url: path, headers: { host } })).json<{ code: string, detail: string }>()
  for (const host of ['localhost', 'localhost:3000', 'LOCALHOST', 'localhost.:80', '[::1]:3000', '[::1]']) {
    t.equal((await send({ method: 'GET', url, headers: { host } })).statusCode, 302, host)
  }
  const made = services.requests.length
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    'evil.example:3000',
    '127.0.0.1',
    'localhost@evil.example',
    '[::2]'
  ]) {
    for (const path of [url, '/docs', '/openapi.yaml', '/nothing']) {
      t.match(await ask(host, path), { code: 'invalid_request', detail: /host name/ }, host)
    }
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      t.equal((await send({ method: 'GET', url: path, headers: { host } })).statusCode, 200, 'probed by address')
    }
  }
  t.equal(
    (await send({ method: 'GET', url, headers: { host: 'evil.example', 'x-forwarded-host': 'localhost' } }))
      .statusCode,
    400
  )
  t.equal(services.requests.length, made)
})

t.test('sends the request id and the security headers with every response', async (t) => {
  const { send } = await build(t, {})
  const answers = [
    ['GET', url],
    ['POST', '/v1/thumbnails'],
    ['GET', '/healthz'],
    ['GET', '/nothing'],
    ['GET', '/%E0%A4%A'],
    ['GET', '/v1/thumbnails?key=%']
  ] as const
  for (const [method, path] of answers) {
    const { headers, statusCode, body } = await send({ method, url: path })
    t.match(headers['x-request-id'], /^[0-9a-f-]{36}$/, path)
    if (statusCode >= 400) t.match(JSON.parse(body), { requestId: headers['x-request-id'] })
    // No hook runs for a URL that the router cannot parse.
    if (path.startsWith('/%')) continue
    t.match(
      headers,
      {
        'x-content-type-options': 'nosniff',
        'content-security-policy': /default-src 'none'/,
        'cross-origin-resource-policy': 'cross-origin',
        'referrer-policy': 'no-referrer'
      },
      path
    )
    t.notOk(headers['strict-transport-security'])
  }
})

t.test('sends the page at /docs with its own policy', async (t) => {
  const { app } = await build(t, {})
  for (const path of ['/docs', '/docs/swagger-ui-bundle.js']) {
    const { headers, statusCode } = await app.inject(path)
    t.equal(statusCode, 200)
    t.match(headers['content-security-policy'], /^default-src 'self'/)
    t.notMatch(headers['content-security-policy'], /none'.*default-src|unsafe-eval|https:/)
  }
})

t.test(
  'allows CORS requests from configured origins only, with a preflight without credentials',
  async (t) => {
    const authenticate = createAuthenticate({ checkApiKey: () => undefined, checkToken: undefined })
    const { app } = await build(
      t,
      { corsOrigins: ['https://a.example', 'https://b.example'] },
      { access: { ...OPEN_ACCESS, anonymousGet: 'none' } },
      { authenticate }
    )
    const preflight = (origin: string) =>
      app.inject({
        method: 'OPTIONS',
        url: '/v1/thumbnails',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
      })
    const allowed = await preflight('https://b.example')
    t.equal(allowed.statusCode, 204)
    t.match(allowed.headers, {
      'access-control-allow-origin': 'https://b.example',
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-headers': /authorization, baggage,.*if-none-match.*prefer, range, sentry-trace, traceparent/,
      vary: /Origin/
    })
    t.notOk(allowed.headers['access-control-allow-credentials'])
    t.notOk((await preflight('https://evil.example')).headers['access-control-allow-origin'])
    const refused = await app.inject({ url, headers: { origin: 'https://a.example' } })
    t.equal(refused.statusCode, 401)
    t.equal(refused.headers['access-control-allow-origin'], 'https://a.example', 'a page may read why')
    const { app: open } = await build(t, { corsOrigins: ['https://a.example', 'https://b.example'] })
    t.equal(
      (await open.inject({ url, headers: { origin: 'https://a.example' } })).headers.vary,
      'Origin, accept',
      'a cache stores the two responses separately'
    )
    const { app: closed } = await build(t, {})
    t.notOk(
      (await closed.inject({ url, headers: { origin: 'https://a.example' } })).headers['access-control-allow-origin']
    )
  }
)

t.test('rejects requests that write from pages of other origins', async (t) => {
  const form = {
    headers: { 'content-type': FORM_TYPE },
    payload: buildForm([{ name: 'file', filename: 'a.mp4', content: 'x' }])
  }
  const sites = [
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 201],
    ['none', 201],
    ['Cross-Site', 403],
    ['Same-Origin', 201],
    [undefined, 403]
  ] as const
  const { send } = await build(t, {})
  const { send: sendAllowed } = await build(t, { corsOrigins: ['https://a.example'] })
  for (const [site, expected] of sites) {
    const headers = {
      ...form.headers,
      origin: 'https://a.example',
      ...(site === undefined ? {} : { 'sec-fetch-site': site })
    }
    const answer = await send({ ...form, method: 'POST', url: '/v1/thumbnails', headers })
    t.equal(answer.statusCode, expected, String(site))
    if (expected === 403) t.match(answer.json(), { code: 'forbidden_action' })
    t.equal(
      (await sendAllowed({ ...form, method: 'POST', url: '/v1/thumbnails', headers })).statusCode,
      201,
      'one that may'
    )
    t.equal(
      (
        await sendAllowed({
          ...form,
          method: 'POST',
          url: '/v1/thumbnails',
          headers: { ...headers, origin: 'https://b.example' }
        })
      ).statusCode,
      expected
    )
    t.equal((await send({ method: 'GET', url, headers })).statusCode, 302, 'an <img> is what the GET is for')
  }
})

t.test('compares the origin with the host where browsers send no Sec-Fetch-Site', async (t) => {
  const { send } = await build(t, {}, { trustProxy: ['127.0.0.1'] })
  const { send: sendAny } = await build(t, { corsOrigins: ['*'] })
  for (const [origin, headers, expected] of [
    ['http://films.lan:3000', {}, 201],
    ['http://films.lan:3000', { host: 'FILMS.lan:3000' }, 201],
    ['https://films.example', { host: 'internal', 'x-forwarded-host': 'films.example' }, 201],
    ['http://films.lan', {}, 403],
    ['http://films.lan:3001', {}, 403],
    ['http://evil.lan:3000', {}, 403],
    ['null', {}, 403],
    ['', {}, 403],
    [undefined, {}, 201]
  ] as const) {
    const request = {
      method: 'POST',
      url: '/v1/thumbnails',
      headers: { host: 'films.lan:3000', ...headers, ...(origin === undefined ? {} : { origin }) },
      payload: { key: 'a' }
    } as const
    t.equal((await send(request)).statusCode, expected, String(origin))
    t.equal((await sendAny(request)).statusCode, 201)
  }
})

t.test('limits the rate of each caller separately, with Retry-After', async (t) => {
  const checkApiKey = createApiKeyCheck([
    { name: 'a', hash: `sha256:${'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'}` },
    { name: 'b', hash: `sha256:${'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d'}` }
  ])
  const { send } = await build(
    t,
    { rateLimit: { requests: 2, windowMs: 3_600_000 } },
    { access: { ...OPEN_ACCESS, anonymousGet: 'none' }, trustProxy: ['127.0.0.1'] },
    { authenticate: createAuthenticate({ checkApiKey, checkToken: undefined }) }
  )
  const ask = (key: string | undefined, headers: Record<string, string> = {}, path = url) =>
    send({ method: 'GET', url: path, headers: { ...headers, ...(key === undefined ? {} : { 'x-api-key': key }) } })
  for (const key of ['a', 'b']) {
    for (let count = 0; count < 2; count++) t.equal((await ask(key)).statusCode, 302)
    const answer = await ask(key, { 'x-forwarded-for': '192.0.2.9' })
    t.match(answer.json(), { status: 429, code: 'rate_limited', retryable: true })
    t.ok(Number(answer.headers['retry-after']) > 3000)
  }
  for (const [address, paths, neighbour] of [
    ['192.0.2.1', [url, url], '::ffff:192.0.2.1'],
    ['2001:db8::1', [url, '/nothing'], '2001:db8::ffff:1']
  ] as const) {
    for (const path of paths) {
      t.ok([401, 404].includes((await ask('wrong', { 'x-forwarded-for': address }, path)).statusCode))
    }
    t.equal(
      (await ask('wrong', { 'x-forwarded-for': neighbour })).statusCode,
      429,
      'requests with invalid keys are counted by address'
    )
    t.equal((await ask(undefined, { 'x-forwarded-for': address }, '/nothing')).statusCode, 429)
    for (let count = 0; count < 5; count++) {
      t.equal((await ask(undefined, { 'x-forwarded-for': address }, '/healthz')).statusCode, 200)
    }
  }
})

t.test('ignores X-Forwarded-For of an untrusted proxy', async (t) => {
  const lines: string[] = []
  const settings = {
    logLevel: 'info' as const,
    logStream: {
      write: (line: string) => {
        lines.push(line)
      }
    }
  }
  for (const [trustProxy, expected] of [
    [[], '127.0.0.1'],
    [['10.0.0.0/8'], '127.0.0.1'],
    [['127.0.0.1'], '192.0.2.7']
  ] as const) {
    lines.length = 0
    const { send } = await build(t, {}, { ...settings, trustProxy })
    await send({ method: 'GET', url: '/healthz', headers: { 'x-forwarded-for': '203.0.113.1, 192.0.2.7' } })
    t.match(JSON.parse(lines[0] ?? ''), { req: { remoteAddress: expected } })
  }
})

t.test('sheds load while the event loop is delayed, except /healthz', async (t) => {
  const { send, services } = await build(t, { maxEventLoopDelayMs: 50 })
  t.equal((await send({ method: 'GET', url })).statusCode, 302)
  // Blocks until a measurement has nothing but delay. A request that is handled earlier makes a thumbnail.
  let answer = await send({ method: 'GET', url })
  while (answer.statusCode !== 503) {
    const until = Date.now() + 300
    while (Date.now() < until);
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    answer = await send({ method: 'GET', url })
  }
  const made = services.requests.length
  t.match(answer.json(), { status: 503, code: 'overloaded', retryable: true })
  t.equal(answer.headers['retry-after'], '1')
  t.equal((await send({ method: 'GET', url: '/healthz' })).statusCode, 200)
  t.equal(services.requests.length, made)
})

t.test('ends headers and bodies that arrive too slowly', async (t) => {
  const { listen } = await build(t, {}, { arrivalTimeoutMs: 500 })
  const base = await listen()
  const slowHeaders = await connectRaw(base)
  slowHeaders.write('GET /v1/thumbnails?key=a HTTP/1.1\r\nhost: test\r\nx-slow: ')
  const timer = setInterval(() => {
    slowHeaders.write('a')
  }, 20)
  t.teardown(() => {
    clearInterval(timer)
  })
  t.match(await slowHeaders.receive(/\}$/), /^HTTP\/1.1 400 [^]*X-Request-Id: [0-9a-f-]{36}[^]*did not arrive in time/)
  await once(slowHeaders.socket, 'close')

  const slowBody = await connectRaw(base)
  slowBody.write(
    openRequest('POST', '/v1/thumbnails', { 'content-type': 'application/json', 'content-length': 1000 }) + '{"key":"'
  )
  const bodyTimer = setInterval(() => {
    slowBody.write('a')
  }, 20)
  t.teardown(() => {
    clearInterval(bodyTimer)
  })
  t.match(await slowBody.receive(/\}$/), /^HTTP\/1.1 400 [^]*"detail":"The request body did not arrive within 0\.5 s\./)
  slowBody.socket.destroy()
})

t.test('accepts an upload that arrives slowly but steadily', async (t) => {
  const { listen } = await build(t, {}, { arrivalTimeoutMs: 300 })
  const slow = await connectRaw(await listen())
  const end = '\r\n--x--\r\n'
  const parts = [
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n',
    ...Array.from({ length: 30 }, () => 'v'),
    end
  ]
  slow.write(
    openRequest('POST', '/v1/thumbnails', {
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': parts.join('').length
    })
  )
  for (const part of parts) {
    slow.write(part)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  t.notMatch(await slow.receive(/\}$/), 'did not arrive')
  slow.socket.destroy()
})

t.test('rejects headers that are too large and closes the connection', async (t) => {
  const { listen } = await build(t, {})
  const base = await listen()
  const large = await connectRaw(base)
  large.write(openRequest('GET', '/healthz', { 'x-large': 'a'.repeat(20_000) }))
  t.match(await large.receive(/\}$/), /^HTTP\/1.1 400 [^]*headers exceed 16,384 bytes/)
  await once(large.socket, 'close')
})
