import { join, resolve, sep } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { checkBucket, resolveLocalPaths, sidecarPath } from '../../../src/store/local/local-path.ts'

t.test('maps a plain key to the same path', async (t) => {
  for (const key of [
    'a.mp4',
    'dir/a b.mp4',
    '.hidden',
    '...',
    '日本/🎬.mp4',
    'back\\slash',
    '%2e%2e',
    'x'.repeat(255),
    '長'.repeat(85)
  ]) {
    t.equal(resolveLocalPaths({ bucket: 'videos', key }).plain?.join('/'), `videos/${key}`)
  }
})

t.test('returns no plain path for other keys', async (t) => {
  for (const key of [
    '/a',
    'a/',
    'a//b',
    '/',
    'nul\0',
    'line\nbreak',
    'del\x7f',
    'x'.repeat(256),
    '長'.repeat(86),
    `a/${'x'.repeat(256)}/b`
  ]) {
    t.equal(resolveLocalPaths({ bucket: 'videos', key }).plain, undefined, JSON.stringify(key))
  }
})

t.test('rejects a bucket that is not a visible directory of its own', async (t) => {
  for (const bucket of [
    '',
    '.',
    '..',
    '.posterframe',
    '.hidden',
    'a/b',
    '../up',
    'a..b',
    '/abs',
    'a\\b',
    'a\0',
    'a b',
    'ü',
    'b'.repeat(64),
    'a\n'
  ]) {
    t.throws(() => resolveLocalPaths({ bucket, key: 'a' }), { code: 'forbidden_bucket' }, JSON.stringify(bucket))
  }
  for (const bucket of ['videos', 'my-bucket.2', 'Old_Bucket', 'b'.repeat(63)]) {
    t.doesNotThrow(() => checkBucket(bucket))
  }
})

// A small alphabet, so that near-collisions are common.
const near = fc.string({
  unit: fc.constantFrom('a', 'A', '/', '.', '%', '~', '\\', ' ', '\0', 'é', 'e\u0301'),
  minLength: 1,
  maxLength: 12
})
const key = fc
  .oneof(near, fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), fc.stringMatching(/^[ab/]{240,270}$/))
  .filter(
    (text) =>
      text.isWellFormed() &&
      Buffer.byteLength(text) <= 1024 &&
      !text.split(/[/\\]/).some((name) => name === '.' || name === '..')
  )
const address = fc.record({ bucket: fc.constantFrom('a', 'b', 'a.a'), key })

const listPaths = (of: { bucket: string, key: string }) => {
  const { plain, hashed } = resolveLocalPaths(of)
  return [...(plain === undefined ? [] : [plain]), hashed, sidecarPath(of, '1-2-3')]
}

t.test('never maps two objects to the same path', async (t) => {
  fc.assert(
    fc.property(address, address, (one, other) => {
      const same = one.bucket === other.bucket && one.key === other.key
      const paths = new Set(listPaths(one).map((path) => join(...path)))
      return listPaths(other).some((path) => paths.has(join(...path))) === same
    }),
    { numRuns: 2000 }
  )
  t.pass('2,000 pairs')
})

t.test('never returns a path outside the bucket or one that a file system rejects', async (t) => {
  fc.assert(
    fc.property(address, (of) =>
      listPaths(of).every((path) => {
        const area = path[0] === '.posterframe' ? '/root/.posterframe' : `/root/${of.bucket}`
        return (
          resolve('/root', ...path).startsWith(area + sep) &&
          path.every((name) => name !== '' && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255)
        )
      })
    ),
    { numRuns: 2000 }
  )
  t.pass('2,000 keys')
})
