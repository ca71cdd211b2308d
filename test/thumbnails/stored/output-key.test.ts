import t from 'tap'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import { failureKey, outputKey } from '../../../src/thumbnails/stored/output-key.ts'
import type { SourceIdentity } from '../../../src/thumbnails/source-identity.ts'

const options = completeOptions({ timestamp: '1' })
const stored = { bucket: 'videos', key: 'a/b c.mp4', etag: 'abc' }
const keyOf = (source: SourceIdentity, prefix = 'thumbnails/') => outputKey({ prefix, source, options })

t.test('builds a key of prefix, source key, fingerprint and extension', async (t) => {
  t.match(keyOf(stored), /^thumbnails\/a\/b c\.mp4\/[0-9a-f]{32}\.jpg$/)
  t.match(keyOf(stored, ''), /^a\/b c\.mp4\/[0-9a-f]{32}\.jpg$/)
  t.match(keyOf({ sha256: 'f'.repeat(64) }), /^thumbnails\/uploads\/f{64}\/[0-9a-f]{32}\.jpg$/)
  for (const [format, extension] of [
    ['webp', 'webp'],
    ['avif', 'avif'],
    ['png', 'png']
  ] as const) {
    t.match(outputKey({ prefix: '', source: stored, options: { ...options, format } }), new RegExp(`\\.${extension}$`))
  }
})

t.test('equal options on the same version have the same key', async (t) => {
  t.equal(keyOf({ ...stored }), keyOf(stored))
  t.equal(keyOf(stored), 'thumbnails/a/b c.mp4/066f9e39b8eb71e4bd7d100000fd2eab.jpg', 'across releases too')
})

t.test('every part of a request changes the key', async (t) => {
  const keys = [
    keyOf(stored),
    keyOf({ ...stored, etag: 'abd' }),
    keyOf({ ...stored, bucket: 'other' }),
    keyOf({ ...stored, key: 'a/b d.mp4' }),
    outputKey({ prefix: 'thumbnails/', source: stored, options: { ...options, quality: 81 } }),
    failureKey({ prefix: 'thumbnails/', source: stored }),
    keyOf({ sha256: 'abc' }),
    keyOf({ bucket: 'videos', key: 'uploads/abc', etag: 'abc' })
  ]
  t.equal(new Set(keys).size, keys.length)
  const fingerprints = keys.map((key) => key.slice(key.lastIndexOf('/')))
  t.equal(new Set(fingerprints).size, keys.length)
})

t.test('keeps unusual source keys unchanged', async (t) => {
  for (const key of [
    'a b+c%20d#e?f&g=h',
    'uni-ñ-日本-🎬.mp4',
    'a//b',
    'quo\'te"<xml>',
    '...',
    '..a/b..',
    'x'.repeat(900)
  ]) {
    t.ok(keyOf({ ...stored, key }).startsWith(`thumbnails/${key}/`), key.slice(0, 40))
  }
})

t.test('replaces a source key above 900 bytes with a hash, and stays within 1,024 bytes', async (t) => {
  for (const key of ['x'.repeat(901), '日'.repeat(301), '🎬'.repeat(256), 'x'.repeat(1024)]) {
    const hashed = keyOf({ ...stored, key })
    t.match(hashed, /^thumbnails\/sha256-[0-9a-f]{64}\/[0-9a-f]{32}\.jpg$/)
    t.not(hashed, keyOf({ ...stored, key: key.replace(/.$/u, 'y') }))
  }
  const longest = keyOf({ ...stored, key: '日'.repeat(300) })
  t.ok(longest.includes('日') && Buffer.byteLength(longest) <= 1024)
  const longPrefix = 'p'.repeat(199) + '/'
  for (const length of [700, 787, 788, 789, 850, 900, 901]) {
    for (const key of [
      keyOf({ ...stored, key: 'x'.repeat(length) }, longPrefix),
      failureKey({ prefix: longPrefix, source: { ...stored, key: 'x'.repeat(length) } })
    ]) {
      t.ok(Buffer.byteLength(key) <= 1024, `${length} bytes give ${key.length}`)
    }
  }
})

t.test('replaces a source key with dot segments, which could lead out of the prefix', async (t) => {
  for (const key of ['..', '../x', 'a/../../x', './x', 'a/.', 'a/..', '..\\..\\x', '/../x']) {
    t.match(keyOf({ ...stored, key }), /^thumbnails\/sha256-[0-9a-f]{64}\/[0-9a-f]{32}\.jpg$/, key)
  }
})

t.test('has one failure key for each version of a source', async (t) => {
  t.match(failureKey({ prefix: 'p/', source: stored }), /^p\/a\/b c\.mp4\/[0-9a-f]{32}\.failed$/)
  t.not(failureKey({ prefix: 'p/', source: stored }), failureKey({ prefix: 'p/', source: { ...stored, etag: 'new' } }))
  t.match(failureKey({ prefix: 'p/', source: { sha256: 'abc' } }), /^p\/uploads\/abc\/[0-9a-f]{32}\.failed$/)
})
