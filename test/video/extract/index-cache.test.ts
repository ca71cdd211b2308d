import t from 'tap'
import { createIndexCache, type KnownVideo } from '../../../src/video/extract/index-cache.ts'

const video = (memoryBytes: number) => ({ index: { memoryBytes }, frameInfo: undefined }) as unknown as KnownVideo

t.test('evicts the least recently used index once all together are too large', async (t) => {
  const cache = createIndexCache({ maxBytes: 100 })
  const [a, b, c] = [video(40), video(40), video(40)]
  cache.set('a', a)
  cache.set('b', b)
  t.equal(cache.get('a'), a)
  cache.set('c', c)
  t.equal(cache.get('b'), undefined)
  t.equal(cache.get('a'), a)
  t.equal(cache.get('c'), c)
})

t.test('does not keep an index that is too large by itself', async (t) => {
  const cache = createIndexCache({ maxBytes: 100 })
  cache.set('a', video(101))
  t.equal(cache.get('a'), undefined)
})

t.test('evicts an index that has grown too large since it was set', async (t) => {
  const cache = createIndexCache({ maxBytes: 100 })
  const index = { memoryBytes: 10 }
  cache.set('a', { index, frameInfo: undefined } as unknown as KnownVideo)
  index.memoryBytes = 200
  cache.set('b', video(10))
  t.equal(cache.get('a'), undefined)
  t.ok(cache.get('b'))
})

t.test('evicts the least recently used of two indexes that grew, not the most recent', async (t) => {
  const cache = createIndexCache({ maxBytes: 100 })
  const indexes = { a: { memoryBytes: 10 }, b: { memoryBytes: 10 } }
  for (const [name, index] of Object.entries(indexes)) {
    cache.set(name, { index, frameInfo: undefined } as unknown as KnownVideo)
  }
  indexes.a.memoryBytes = indexes.b.memoryBytes = 60
  cache.set('c', video(10))
  t.equal(cache.get('a'), undefined)
  t.ok(cache.get('b'))
  t.ok(cache.get('c'))
})
