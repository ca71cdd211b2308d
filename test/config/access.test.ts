import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readAccess } from '../../src/config/access.ts'
import { createEnvironmentReader } from '../../src/config/environment.ts'

const HASH = `sha256:${'0'.repeat(64)}`
const KEYS = JSON.stringify([{ name: 'web', hash: HASH, buckets: ['videos'], prefixes: ['a/b/'], verbs: ['read'] }])
const SECRET = Buffer.alloc(32, 7).toString('base64url')
const JWT = {
  POSTERFRAME_JWT_ISSUER: 'https://id.example',
  POSTERFRAME_JWT_AUDIENCE: 'posterframe',
  POSTERFRAME_JWT_JWKS_URL: 'https://id.example/keys'
}

function read (env: Record<string, string>) {
  const reader = createEnvironmentReader(env)
  return {
    access: readAccess(reader),
    problems: [...reader.problems],
    names: reader.problems.map((problem) => problem.split(' ')[0])
  }
}

t.test('reads API keys from the variable or a file, but not both', async (t) => {
  const file = join(t.testdir({ 'keys.json': KEYS }), 'keys.json')
  for (const source of [{ POSTERFRAME_API_KEYS: KEYS }, { POSTERFRAME_API_KEYS_FILE: file }]) {
    const { access, problems } = read({ POSTERFRAME_AUTH: 'api-key', ...source })
    t.same(problems, [])
    t.strictSame(access.methods, ['api-key'])
    t.strictSame(access.apiKeys, [
      { name: 'web', hash: HASH, buckets: ['videos'], prefixes: ['a/b/'], verbs: ['read'] }
    ])
    t.equal(access.anonymousGet, 'none')
  }
  t.same(read({ POSTERFRAME_AUTH: 'api-key', POSTERFRAME_API_KEYS: KEYS, POSTERFRAME_API_KEYS_FILE: file }).names, [
    'POSTERFRAME_API_KEYS_FILE'
  ])
  t.same(read({ POSTERFRAME_AUTH: 'api-key', POSTERFRAME_API_KEYS_FILE: `${file}.gone` }).names, [
    'POSTERFRAME_API_KEYS_FILE'
  ])
  writeFileSync(file, '[]')
  t.same(read({ POSTERFRAME_AUTH: 'api-key', POSTERFRAME_API_KEYS_FILE: file }).names, ['POSTERFRAME_API_KEYS_FILE'])
})

t.test('rejects malformed API keys without repeating their values', async (t) => {
  const entry = { name: 'a', hash: HASH }
  const other = { name: 'b', hash: HASH.replace('0', '1') }
  const rejected = [
    '',
    '{}',
    '[]',
    '{',
    [{ name: 'a' }],
    [{ ...entry, hash: 'sha256:00' }],
    [{ ...entry, hash: HASH.toUpperCase() }],
    [{ ...entry, key: 'SECRET' }],
    [{ ...entry, verbs: ['admin'] }],
    [{ ...entry, prefixes: ['a'] }],
    [{ ...entry, prefixes: ['/a/'] }],
    [{ ...entry, buckets: 'videos' }],
    [{ ...entry, name: 'a b' }],
    [entry, { ...other, name: 'a' }],
    [entry, { ...other, hash: HASH }]
  ]
  for (const value of rejected) {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const { names, problems } = read({ POSTERFRAME_AUTH: 'api-key', POSTERFRAME_API_KEYS: text })
    t.same(names, ['POSTERFRAME_API_KEYS'], text)
    t.notMatch(problems.join(), /SECRET/)
  }
  t.same(read({ POSTERFRAME_AUTH: 'api-key', POSTERFRAME_API_KEYS: JSON.stringify([entry, other]) }).names, [])
})

t.test('every enabled method needs its variables, and variables of a disabled method are rejected', async (t) => {
  t.same(read({ POSTERFRAME_AUTH: 'api-key' }).names, ['POSTERFRAME_API_KEYS'])
  t.same(read({ POSTERFRAME_AUTH: 'jwt' }).names, Object.keys(JWT))
  t.same(read({ POSTERFRAME_API_KEYS: KEYS }).names, ['POSTERFRAME_API_KEYS'])
  t.same(read(JWT).names, Object.keys(JWT))
  const { access, problems } = read({ POSTERFRAME_AUTH: 'jwt, api-key', POSTERFRAME_API_KEYS: KEYS, ...JWT })
  t.same(problems, [])
  t.strictSame(access.methods, ['jwt', 'api-key'])
  t.strictSame(access.tokenIssuer, {
    issuer: 'https://id.example',
    audience: 'posterframe',
    jwksUrl: 'https://id.example/keys'
  })
})

t.test('accepts a JWKS URL over TLS or on loopback only', async (t) => {
  const readUrl = (url: string) => read({ POSTERFRAME_AUTH: 'jwt', ...JWT, POSTERFRAME_JWT_JWKS_URL: url }).names
  for (const url of [
    'https://id.example/keys',
    'http://127.0.0.1:8080/keys',
    'http://localhost/keys',
    'http://[::1]/keys'
  ]) {
    t.same(readUrl(url), [], url)
  }
  for (const url of [
    'http://id.example/keys',
    'file:///etc/keys',
    'keys',
    'https://user:pass@id.example',
    'http://127.0.0.1.example/'
  ]) {
    t.same(readUrl(url), ['POSTERFRAME_JWT_JWKS_URL'], url)
  }
})

t.test('reads the secrets of signed URLs', async (t) => {
  const { access, problems } = read({
    POSTERFRAME_SIGNING_SECRETS: `k2:${SECRET}, k1:${Buffer.alloc(40, 1).toString('base64url')}`
  })
  t.same(problems, [])
  t.same(
    access.signingSecrets.map(({ id, secret }) => [id, secret.length]),
    [
      ['k2', 32],
      ['k1', 40]
    ]
  )
  for (const text of [
    SECRET,
    `k1:${SECRET.slice(2)}`,
    `k1:${SECRET},k1:${SECRET}`,
    `k 1:${SECRET}`,
    `k1:${SECRET},`,
    'k1:',
    `:${SECRET}`
  ]) {
    t.same(read({ POSTERFRAME_SIGNING_SECRETS: text }).names, ['POSTERFRAME_SIGNING_SECRETS'], text)
  }
})

t.test('rejects presets with options that a request may not have', async (t) => {
  const { access, problems } = read({ POSTERFRAME_PRESETS: '{"poster":{"timestamp":"auto","width":640},"tiny":{}}' })
  t.same(problems, [])
  t.same(
    [...access.presets],
    [
      ['poster', { timestamp: 'auto', width: 640 }],
      ['tiny', {}]
    ]
  )
  const rejected = [
    '{}',
    '[]',
    '1',
    '{',
    '{"a":{"width":1}}',
    '{"a":{"widht":640}}',
    '{"a":{"timestamp":"noon"}}',
    '{"a":{"regenerate":true}}',
    '{"a b":{}}',
    '{"a":{"width":"640"}}',
    '{"a":{"preset":"b"}}'
  ]
  for (const text of rejected) t.same(read({ POSTERFRAME_PRESETS: text }).names, ['POSTERFRAME_PRESETS'], text)
})

t.test(
  'anonymous callers get nothing if keys are required, presets if there are any, and otherwise everything',
  async (t) => {
    const presets = { POSTERFRAME_PRESETS: '{"poster":{}}' }
    const keys = { POSTERFRAME_AUTH: 'api-key', POSTERFRAME_API_KEYS: KEYS }
    t.equal(read({}).access.anonymousGet, 'any')
    t.equal(read(presets).access.anonymousGet, 'presets')
    t.equal(read({ ...presets, POSTERFRAME_ANONYMOUS_GET: 'any' }).access.anonymousGet, 'any')
    t.equal(read({ ...keys, ...presets }).access.anonymousGet, 'none')
    t.equal(read({ ...keys, ...presets, POSTERFRAME_ANONYMOUS_GET: 'presets' }).access.anonymousGet, 'presets')
    t.same(read({ ...keys, ...presets, POSTERFRAME_ANONYMOUS_GET: 'any' }).names, ['POSTERFRAME_ANONYMOUS_GET'])
    t.same(read({ ...keys, POSTERFRAME_ANONYMOUS_GET: 'presets' }).names, ['POSTERFRAME_PRESETS'])
  }
)
