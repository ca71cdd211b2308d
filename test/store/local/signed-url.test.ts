import t from 'tap'
import { signUrl, verifySignedQuery } from '../../../src/store/local/signed-url.ts'

const secret = Buffer.alloc(32, 1)
const address = { bucket: 'videos', key: 'dir/a b+c&d=é"%.mp4' }
const EXPIRES = 2_000_000_000
const before = new Date((EXPIRES - 1) * 1000)

const readQuery = (url: string) => {
  const query = Object.fromEntries(new URL(url).searchParams) as Record<
    'bucket' | 'key' | 'expires' | 'signature',
    string
  >
  return { ...query, expires: Number(query.expires) }
}
const signed = readQuery(signUrl(secret, 'http://host', address, EXPIRES))

t.test('encodes and decodes the address of an object', async (t) => {
  const url = signUrl(secret, 'http://127.0.0.1:3000/base', address, EXPIRES)
  t.match(url, /^http:\/\/127\.0\.0\.1:3000\/base\/objects\?[!-~]+$/)
  t.match(readQuery(url), { ...address, expires: EXPIRES, signature: /^[\w-]{43}$/ })
})

t.test('is valid until the second of its expiry', async (t) => {
  t.doesNotThrow(() => verifySignedQuery(secret, signed, before))
  t.doesNotThrow(() => verifySignedQuery(secret, signed, new Date(EXPIRES * 1000 - 1)))
  t.throws(() => verifySignedQuery(secret, signed, new Date(EXPIRES * 1000)), { code: 'invalid_signature' })
})

t.test('rejects a query with any part changed', async (t) => {
  const last = signed.signature.at(-1)!
  const changed = [
    { bucket: 'video' },
    { key: 'dir' },
    { key: `${address.key} ` },
    { expires: EXPIRES + 1 },
    { expires: EXPIRES - 2 },
    { signature: '' },
    { signature: `${signed.signature}A` },
    { signature: signed.signature.slice(1) },
    { signature: 'é'.repeat(43) },
    // These differ only in bits that base64url ignores.
    ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_']
      .filter((letter) => letter !== last)
      .map((letter) => ({ signature: signed.signature.slice(0, -1) + letter }))
  ]
  for (const change of changed) {
    t.throws(
      () => verifySignedQuery(secret, { ...signed, ...change }, before),
      { code: 'invalid_signature' },
      JSON.stringify(change)
    )
  }
  t.throws(() => verifySignedQuery(Buffer.alloc(32, 2), signed, before), { code: 'invalid_signature' })
})

t.test('distinguishes the end of the bucket from the start of the key', async (t) => {
  const { signature } = readQuery(signUrl(secret, '', { bucket: 'a', key: 'bc' }, EXPIRES).replace(/^/, 'http://host'))
  t.throws(() => verifySignedQuery(secret, { bucket: 'ab', key: 'c', expires: EXPIRES, signature }, before), {
    code: 'invalid_signature'
  })
})
