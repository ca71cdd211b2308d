import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t, { type Test } from 'tap'
import { createTokenCheck } from '../../src/access/tokens.ts'

const issuer = 'https://id.example/'
const audience = 'posterframe'
const rsa = await generateKeyPair('RS256')
const elliptic = await generateKeyPair('ES256')
const stranger = await generateKeyPair('RS256')
const keySet = {
  keys: [
    { ...(await exportJWK(rsa.publicKey)), kid: 'r1', alg: 'RS256' },
    { ...(await exportJWK(elliptic.publicKey)), kid: 'e1', alg: 'ES256' }
  ]
}

/** Serves the key set of an issuer, and creates the check of its tokens. */
async function open (
  t: Test,
  respond: (response: ServerResponse) => void = (response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(keySet))
  }
) {
  let requests = 0
  const server = createServer((_request, response) => {
    requests++
    respond(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
  })
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
  return { check: createTokenCheck({ issuer, audience, jwksUrl }), countRequests: () => requests, server }
}

interface Claims {
  iss?: string
  aud?: string | string[]
  sub?: string
  exp?: number
  nbf?: number
  posterframe?: unknown
}
const now = () => Math.floor(Date.now() / 1000)
const issue = (claims: Claims = {}, { key = rsa.privateKey, kid = 'r1', alg = 'RS256' } = {}) =>
  new SignJWT({ iss: issuer, aud: audience, sub: 'ada', exp: now() + 60, ...claims })
    .setProtectedHeader({ alg, kid })
    .sign(key)
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

t.test('accepts a token of the issuer, with the verb read unless its claim has others', async (t) => {
  const { check, countRequests } = await open(t)
  t.strictSame(await check(await issue()), {
    name: 'jwt:ada',
    verbs: ['read'],
    buckets: undefined,
    prefixes: undefined,
    presetsOnly: false,
    isAnonymous: false
  })
  t.strictSame(
    await check(await issue({ posterframe: { verbs: ['read', 'write'], buckets: ['videos'], prefixes: ['ada/'] } })),
    {
      name: 'jwt:ada',
      verbs: ['read', 'write'],
      buckets: ['videos'],
      prefixes: ['ada/'],
      presetsOnly: false,
      isAnonymous: false
    }
  )
  t.match(await check(await issue({ posterframe: { prefixes: ['ada/'] } })), { verbs: ['read'], prefixes: ['ada/'] })
  t.match(await check(await issue({}, { key: elliptic.privateKey, kid: 'e1', alg: 'ES256' })), { name: 'jwt:ada' })
  t.match(await check(await issue({ aud: ['other', audience] })), { name: 'jwt:ada' })
  t.match(await check(await issue({ exp: now() - 20 })), { name: 'jwt:ada' }, 'within the clock tolerance')
  t.equal(countRequests(), 1, 'the key set is cached')
})

t.test('rejects every other token as unauthenticated', async (t) => {
  const { check } = await open(t)
  const good = await issue()
  const [header = '', payload = '', signature = ''] = good.split('.')
  const secret = new TextEncoder().encode(JSON.stringify(keySet.keys[0]))
  const invalid: Record<string, string> = {
    'that is malformed': 'abc',
    'that is empty': '',
    'of another issuer': await issue({ iss: 'https://evil.example/' }),
    'for another audience': await issue({ aud: 'other' }),
    'that has expired': await issue({ exp: now() - 60 }),
    'that never expires': await new SignJWT({ iss: issuer, aud: audience })
      .setProtectedHeader({ alg: 'RS256', kid: 'r1' })
      .sign(rsa.privateKey),
    'that is not valid yet': await issue({ nbf: now() + 120 }),
    'signed by another key': await issue({}, { key: stranger.privateKey }),
    'signed by a key outside the key set': await issue({}, { key: stranger.privateKey, kid: 'other' }),
    'that was changed': `${header}.${encode({ iss: issuer, aud: audience, exp: now() + 60, posterframe: { verbs: ['write'] } })}.${signature}`,
    'without a signature': `${header}.${payload}.`,
    'with the algorithm none': `${encode({ alg: 'none' })}.${payload}.`,
    'signed with the public key as a shared secret': await new SignJWT({ iss: issuer, aud: audience, exp: now() + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'r1' })
      .sign(secret),
    'with an unknown verb in its claim': await issue({ posterframe: { verbs: ['everything'] } }),
    'with an unknown member in its claim': await issue({ posterframe: { prefix: ['ada/'] } }),
    'with a prefix without a slash at the end': await issue({ posterframe: { prefixes: ['ada'] } })
  }
  for (const [name, token] of Object.entries(invalid)) {
    await t.rejects(check(token), { name: 'PosterframeError', code: 'unauthenticated', retryable: false }, name)
  }
  t.match(await check(good), { name: 'jwt:ada' })
})

t.test('a key set that cannot be fetched is not an error of the token', async (t) => {
  const faults: Array<(response: ServerResponse) => void> = [
    (response) => {
      response.writeHead(500).end()
    },
    (response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    },
    (response) => {
      response.end('not JSON')
    },
    (response) => {
      response.end('{"keys":"none"}')
    },
    (response) => {
      response.destroy()
    }
  ]
  for (const fault of faults) {
    const { check } = await open(t, fault)
    await t.rejects(check(await issue()), { code: 'identity_unavailable', retryable: true, retryAfterSeconds: 10 })
  }
  const { check, server } = await open(t)
  server.close()
  server.closeAllConnections()
  await t.rejects(check(await issue()), { code: 'identity_unavailable' })
})

t.test('tokens with unknown keys do not fetch the key set again and again', async (t) => {
  const { check, countRequests } = await open(t)
  for (let index = 0; index < 20; index++) {
    await t.rejects(check(await issue({}, { key: stranger.privateKey, kid: `k${index}` })), { code: 'unauthenticated' })
  }
  t.equal(countRequests(), 1)
})

t.test('rejects a token that names no caller, and says so', async (t) => {
  const { check } = await open(t)
  const unnamed = { code: 'unauthenticated', detail: /^The claim 'sub' of the token is missing, empty or not a text/ }
  for (const sub of [undefined, '', {}, { toString: 1 }, [], 5, null]) {
    await t.rejects(issue({ sub } as unknown as Claims).then(check), unnamed, JSON.stringify(sub))
  }
  await t.rejects(issue({ exp: 1 }).then(check), { code: 'unauthenticated', detail: /malformed, expired/ })
})
