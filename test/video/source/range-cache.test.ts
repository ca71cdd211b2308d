import t from 'tap'
import { createRangeCache } from '../../../src/video/source/range-cache.ts'

const range = (start: number, size: number) => ({ start, data: Buffer.alloc(size, start % 256) })

t.test('returns the cached beginning and end of a range, and the gap between them', async (t) => {
  const cache = createRangeCache(1000, range(0, 10))
  cache.put(range(20, 10))
  t.same(cache.lookUp({ start: 5, end: 25 }), {
    parts: [
      { start: 5, data: Buffer.alloc(5, 0) },
      { start: 20, data: Buffer.alloc(5, 20) }
    ],
    gap: { start: 10, end: 20 }
  })
  t.same(cache.lookUp({ start: 15, end: 40 }), { parts: [], gap: { start: 15, end: 40 } }, 'only its middle is cached')
})

t.test('evicts the least recently used range, but never the pinned one', async (t) => {
  const cache = createRangeCache(30, range(0, 10))
  const isCached = (start: number) => cache.lookUp({ start, end: start + 10 }).gap === undefined
  cache.put(range(100, 15))
  cache.put(range(200, 15))
  t.ok(isCached(100))
  cache.put(range(300, 15))
  t.same([0, 100, 200, 300].map(isCached), [true, true, false, true])
})

t.test('keeps the longer of two ranges, whichever is put first', async (t) => {
  const cache = createRangeCache(1000)
  cache.put(range(100, 20))
  cache.put(range(100, 10))
  t.equal(cache.lookUp({ start: 100, end: 120 }).gap, undefined)
  cache.put(range(90, 50))
  t.equal(cache.lookUp({ start: 90, end: 140 }).parts.length, 1)
})

t.test('does not cache a range that is larger than the cache', async (t) => {
  const cache = createRangeCache(10)
  cache.put(range(100, 11))
  t.same(cache.lookUp({ start: 100, end: 111 }), { parts: [], gap: { start: 100, end: 111 } })
})
