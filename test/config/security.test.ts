import t from 'tap'
import { createEnvironmentReader } from '../../src/config/environment.ts'
import { readSecurityConfig } from '../../src/config/security.ts'

function read (
  env: Record<string, string>,
  address = { host: '0.0.0.0', publicUrl: undefined as string | undefined },
  lambda = false
) {
  const reader = createEnvironmentReader(env)
  return {
    security: readSecurityConfig(reader, address, lambda),
    names: reader.problems.map((problem) => problem.split(' ')[0])
  }
}

t.test(
  'allows loopback names and the host of the public URL on loopback, and otherwise any host unless configured',
  async (t) => {
    const hosts = (host: string, publicUrl?: string, env = {}) => read(env, { host, publicUrl }).security.allowedHosts
    t.strictSame(hosts('127.0.0.1'), ['localhost', '127.0.0.1', '[::1]'])
    t.strictSame(hosts('127.8.8.8'), ['localhost', '127.0.0.1', '[::1]', '127.8.8.8'])
    t.strictSame(hosts('::1', 'https://Posters.Example:8443/x'), ['localhost', '127.0.0.1', '[::1]', 'posters.example'])
    t.strictSame(hosts('0.0.0.0', 'https://posters.example'), undefined)
    t.strictSame(hosts('0.0.0.0', undefined, { POSTERFRAME_ALLOWED_HOSTS: 'A.example, [::1],10.0.0.1' }), [
      'a.example',
      '[::1]',
      '10.0.0.1'
    ])
    t.strictSame(hosts('127.0.0.1', undefined, { POSTERFRAME_ALLOWED_HOSTS: '*' }), undefined)
  }
)

t.test('reads the other security settings', async (t) => {
  const { security, names } = read({
    POSTERFRAME_TRUST_PROXY: '10.0.0.0/8, 2001:db8::/32,192.0.2.1,loopback',
    POSTERFRAME_CORS_ORIGINS: 'https://a.example, http://localhost:5173',
    POSTERFRAME_RATE_LIMIT: '100/1m',
    POSTERFRAME_MAX_EVENT_LOOP_DELAY_MS: '0'
  })
  t.same(names, [])
  t.strictSame(security, {
    allowedHosts: undefined,
    trustProxy: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1', 'loopback'],
    corsOrigins: ['https://a.example', 'http://localhost:5173'],
    rateLimit: { requests: 100, windowMs: 60_000 },
    maxEventLoopDelayMs: 0
  })
  t.strictSame(read({ POSTERFRAME_RATE_LIMIT: '5/s' }).security.rateLimit, { requests: 5, windowMs: 1000 })
  t.strictSame(read({ POSTERFRAME_RATE_LIMIT: '5/24h' }).security.rateLimit, { requests: 5, windowMs: 86_400_000 })
})

t.test('rejects values with an invalid format', async (t) => {
  const rejected: Record<string, string[]> = {
    POSTERFRAME_ALLOWED_HOSTS: ['a.example:80', 'https://a.example', 'a,,b', '*.example', 'a/b', '.'],
    // A number of hops does not identify the proxy, so any client could forge the header.
    POSTERFRAME_TRUST_PROXY: ['1', 'true', '*', '10.0.0.0/33', '::/129', 'proxy.example', '10.0.0.1,'],
    POSTERFRAME_CORS_ORIGINS: [
      'a.example',
      'https://a.example/',
      'https://a.example/x',
      'https://A.example',
      '*,https://a.example',
      'null',
      'https://*.example'
    ],
    POSTERFRAME_RATE_LIMIT: ['100', '0/1m', '100/0m', '100/1d', '-1/1m', '1.5/s', '100 / 1m'],
    POSTERFRAME_MAX_EVENT_LOOP_DELAY_MS: ['-1', '1s']
  }
  for (const [name, values] of Object.entries(rejected)) {
    for (const value of values) t.same(read({ [name]: value }).names, [name], `${name}=${value}`)
  }
})

t.test('has neither a rate limit nor load shedding on Lambda', async (t) => {
  const address = { host: '127.0.0.1', publicUrl: undefined }
  t.same(read({}, address, true).security, {
    allowedHosts: undefined,
    trustProxy: [],
    corsOrigins: [],
    rateLimit: undefined,
    maxEventLoopDelayMs: 0
  })
  t.same(read({ POSTERFRAME_RATE_LIMIT: '1/s' }, address, true).names, ['POSTERFRAME_RATE_LIMIT'])
})
