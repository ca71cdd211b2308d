import t from 'tap'
import fc from 'fast-check'
import { signThumbnailUrl as signInService, verifySignedThumbnail } from '../../src/access/signed-thumbnail-url.ts'
import { signThumbnailUrl } from '../../src/client/sign-thumbnail-url.ts'

const base = 'https://posters.example/api'

t.test('signs exactly as the service does', async (t) => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 70 }),
      text,
      text,
      fc.nat(4096),
      async (bytes, key, timestamp, width) => {
        const secret = Buffer.from(bytes)
        const unsigned = { base, query: { key, timestamp, width }, signedUntil: 1_900_000_000 }
        const expected = signInService({ id: 'k1', secret }, unsigned)
        t.equal(await signThumbnailUrl({ id: 'k1', secret: Uint8Array.from(secret) }, unsigned), expected)
        t.equal(
          await signThumbnailUrl({ id: 'k1', secret: secret.toString('base64url') }, unsigned),
          expected,
          'with the text of the configuration'
        )
      }
    ),
    { numRuns: 50 }
  )
})

t.test('creates URLs that the service accepts', async (t) => {
  const secret = Buffer.alloc(33, 7)
  const url = await signThumbnailUrl(
    { id: 'k2', secret: secret.toString('base64url') },
    { base, query: { key: "videos/a b+c,(1)'!*ä日本🎬.mp4", timestamp: '50%' }, signedUntil: 1000 }
  )
  const query = Object.fromEntries(new URL(url).searchParams)
  t.doesNotThrow(() => {
    verifySignedThumbnail([{ id: 'k2', secret }], query, new Date(999_000))
  })
  t.throws(
    () => {
      verifySignedThumbnail([{ id: 'k2', secret }], { ...query, timestamp: '51%' }, new Date(999_000))
    },
    { code: 'invalid_signature' }
  )
})
