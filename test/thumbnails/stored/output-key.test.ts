import t from 'tap'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import { failureKey, outputKey } from '../../../src/thumbnails/stored/output-key.ts'
import type { SourceIdentity } from '../../../src/thumbnails/source-identity.ts'

const options = completeOptions({ timestamp: '1' })
const stored = { bucket: 'videos', key: 'a/b c.mp4', etag: 'abc' }
const plan = (source: SourceIdentity, prefix = 'thumbnails/') => outputKey({ prefix, source, options })

t.test('puts the source key, the fingerprint and the extension under the prefix', async (t) => {
  t.match(plan(stored), /^thumbnails\/a\/b c\.mp4\/[0-9a-f]{32}\.jpg$/)
  t.match(plan(stored, ''), /^a\/b c\.mp4\/[0-9a-f]{32}\.jpg$/)
  t.match(plan({ sha256: 'f'.repeat(64) }), /^thumbnails\/uploads\/f{64}\/[0-9a-f]{32}\.jpg$/)
  for (const [format, extension] of [
    ['webp', 'webp'],
    ['avif', 'avif'],
    ['png', 'png']
  ] as const) {
    t.match(outputKey({ prefix: '', source: stored, options: { ...options, format } }), new RegExp(`\\.${extension}$`))
  }
})

t.test('the same question has the same key', async (t) => {
  t.equal(plan({ ...stored }), plan(stored))
  t.equal(plan(stored), 'thumbnails/a/b c.mp4/066f9e39b8eb71e4bd7d100000fd2eab.jpg', 'across releases too')
})

t.test('every part of the question changes the key', async (t) => {
  const keys = [
    plan(stored),
    plan({ ...stored, etag: 'abd' }),
    plan({ ...stored, bucket: 'other' }),
    plan({ ...stored, key: 'a/b d.mp4' }),
    outputKey({ prefix: 'thumbnails/', source: stored, options: { ...options, quality: 81 } }),
    failureKey({ prefix: 'thumbnails/', source: stored }),
    plan({ sha256: 'abc' }),
    plan({ bucket: 'videos', key: 'uploads/abc', etag: 'abc' })
  ]
  t.equal(new Set(keys).size, keys.length)
  const fingerprints = keys.map((key) => key.slice(key.lastIndexOf('/')))
  t.equal(new Set(fingerprints).size, keys.length)
})

t.test('keeps odd keys as they are', async (t) => {
  for (const key of [
    'a b+c%20d#e?f&g=h',
    'uni-ñ-日本-🎬.mp4',
    'a//b',
    'quo\'te"<xml>',
    '...',
    '..a/b..',
    'x'.repeat(900)
  ]) {
    t.ok(plan({ ...stored, key }).startsWith(`thumbnails/${key}/`), key.slice(0, 40))
  }
})

t.test('a hash stands for a source key past 900 bytes, and the whole stays within 1,024', async (t) => {
  for (const key of ['x'.repeat(901), '日'.repeat(301), '🎬'.repeat(256), 'x'.repeat(1024)]) {
    const planned = plan({ ...stored, key })
    t.match(planned, /^thumbnails\/sha256-[0-9a-f]{64}\/[0-9a-f]{32}\.jpg$/)
    t.not(planned, plan({ ...stored, key: key.replace(/.$/u, 'y') }))
  }
  const longest = plan({ ...stored, key: '日'.repeat(300) })
  t.ok(longest.includes('日') && Buffer.byteLength(longest) <= 1024)
  const longPrefix = 'p'.repeat(199) + '/'
  for (const length of [700, 787, 788, 789, 850, 900, 901]) {
    for (const planned of [
      plan({ ...stored, key: 'x'.repeat(length) }, longPrefix),
      failureKey({ prefix: longPrefix, source: { ...stored, key: 'x'.repeat(length) } })
    ]) {
      t.ok(Buffer.byteLength(planned) <= 1024, `${length} bytes give ${planned.length}`)
    }
  }
})

t.test('never leads out of the prefix', async (t) => {
  for (const key of ['..', '../x', 'a/../../x', './x', 'a/.', 'a/..', '..\\..\\x', '/../x']) {
    t.match(plan({ ...stored, key }), /^thumbnails\/sha256-[0-9a-f]{64}\/[0-9a-f]{32}\.jpg$/, key)
  }
})

t.test('remembers a failure per source, whatever the options', async (t) => {
  t.match(failureKey({ prefix: 'p/', source: stored }), /^p\/a\/b c\.mp4\/[0-9a-f]{32}\.failed$/)
  t.not(failureKey({ prefix: 'p/', source: stored }), failureKey({ prefix: 'p/', source: { ...stored, etag: 'new' } }))
  t.match(failureKey({ prefix: 'p/', source: { sha256: 'abc' } }), /^p\/uploads\/abc\/[0-9a-f]{32}\.failed$/)
})
