import { getEventListeners, once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { createLocalStore } from '../../../src/store/local/local-store.ts'
import { openObjectSource, type ObjectSourceOptions } from '../../../src/video/source/object-byte-source.ts'
import type { ObjectStore } from '../../../src/store/object-store.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { splitIntoParts } from '../../../src/video/source/parallel-get.ts'
import { createS3Store } from '../../../src/store/s3/s3-store.ts'
import { createFaultStore, type Fault } from '../../support/fault-store.ts'
import { MemoryStore } from '../../support/memory-store.ts'
import { radosgwMissing, startRadosgw } from '../../support/radosgw.ts'
import { createRandom } from '../../support/random.ts'
import { createS3Client } from '../../../src/store/s3/s3-client.ts'

const MIB = 1024 * 1024
const address = { bucket: 'videos', key: 'a.mp4' }
const { signal } = new AbortController()
const putOptions = { signal, contentType: 'video/mp4', cacheControl: 'private', metadata: { made: 'here' } }

function createVideo (size: number, seed = 1): Buffer {
  const random = createRandom(seed)
  const video = Buffer.alloc(size)
  for (let at = 0; at + 4 <= size; at += 4) video.writeUInt32LE(Math.floor(random() * 2 ** 32), at)
  return video
}

/** Opens a video in memory behind faults, with a small first request and no delay between attempts. */
async function openFaulty (size: number, options: Partial<ObjectSourceOptions> = {}, openingFaults: Fault[] = []) {
  const video = createVideo(size)
  const memory = new MemoryStore()
  await memory.put(address, video, putOptions)
  const store = createFaultStore(memory)
  store.faults.push(...openingFaults)
  const source = await openObjectSource(store, address, { signal, headBytes: 10_000, retryDelayMs: 0, ...options })
  return { video, memory, store, source }
}

const catchError = async (promise: Promise<unknown>) =>
  await promise.then(
    () => undefined,
    (error: unknown) => error as PosterframeError
  )

t.test('opens with one bounded request that returns size, ETag and content type', async (t) => {
  const { video, store, source, memory } = await openFaulty(50_000)
  const head = await memory.head(address)
  t.match(source, { size: 50_000, etag: head?.etag, contentType: 'video/mp4', metadata: { made: 'here' } })
  t.same(store.gets, [{ range: { start: 0, end: 10_000 }, ifMatch: undefined }])
  t.same(source.stats, { bytesRead: 10_000, requests: 1 })
  t.ok((await source.read(0, 10_000)).equals(video.subarray(0, 10_000)))
  t.ok((await source.read(17, 4_000)).equals(video.subarray(17, 4_000)))
  t.same(source.stats, { bytesRead: 10_000, requests: 1 }, 'later reads use the cached beginning')
})

t.test('makes every later request conditional on the ETag of the first response', async (t) => {
  const { video, store, source } = await openFaulty(50_000)
  t.ok((await source.read(20_000, 30_000)).equals(video.subarray(20_000, 30_000)))
  t.same(store.gets.at(-1), { range: { start: 20_000, end: 30_000 }, ifMatch: source.etag })
  t.same(source.stats, { bytesRead: 20_000, requests: 2 })
})

t.test('reads an object that is smaller than the first request with that request alone', async (t) => {
  const { video, source } = await openFaulty(137)
  t.equal(source.size, 137)
  t.ok((await source.read(0, 137)).equals(video))
  t.same(source.stats, { bytesRead: 137, requests: 1 })
})

t.test('opens a known object without a request, and reads that version only', async (t) => {
  const { memory, store, video } = await openFaulty(50_000)
  const known = (await memory.head(address))!
  store.gets.length = 0
  const source = await openObjectSource(store, address, { signal, known })
  t.same([source.size, source.etag, source.stats], [50_000, known.etag, { bytesRead: 0, requests: 0 }])
  t.ok((await source.read(0, 100)).equals(video.subarray(0, 100)))
  t.same(store.gets, [{ range: { start: 0, end: 100 }, ifMatch: known.etag }])
  await memory.put(address, createVideo(50_000, 2), putOptions)
  await t.rejects(source.read(100, 200), { code: 'source_changed' })
})

t.test('rejects a missing object with source_not_found', async (t) => {
  await t.rejects(openObjectSource(new MemoryStore(), address, { signal }), { code: 'source_not_found' })
})

t.test('rejects a range outside of the source', async (t) => {
  const { source } = await openFaulty(50_000)
  for (const [start, end] of [
    [-1, 5],
    [10, 5],
    [0, 50_001],
    [50_001, 50_001],
    [0.5, 2],
    [0, NaN],
    [0, Infinity]
  ] as const) {
    await t.rejects(source.read(start, end), { name: 'RangeError' }, `${start} to ${end}`)
  }
  t.equal((await source.read(50_000, 50_000)).length, 0)
  t.equal(source.stats.requests, 1)
})

t.test('reads only the bytes that are not cached, at either end of a range', async (t) => {
  const { video, store, source } = await openFaulty(100_000)
  const readAndList = async (start: number, end: number) => {
    store.gets.length = 0
    t.ok((await source.read(start, end)).equals(video.subarray(start, end)), `${start} to ${end}`)
    return store.gets.map(({ range }) => [range?.start, range?.end])
  }
  t.same(await readAndList(5_000, 15_000), [[10_000, 15_000]], 'after the beginning')
  t.same(await readAndList(40_000, 50_000), [[40_000, 50_000]])
  t.same(await readAndList(30_000, 45_000), [[30_000, 40_000]], 'before a cached range')
  t.same(await readAndList(14_000, 31_000), [[15_000, 30_000]], 'between two')
  t.same(await readAndList(0, 50_000), [], 'put together from all of them')
  t.same(await readAndList(49_000, 60_000), [[50_000, 60_000]])
})

t.test('evicts the least recently used range, but never the beginning', async (t) => {
  const { store, source } = await openFaulty(100_000, { maxCachedBytes: 20_000 })
  const isCached = async (start: number, end: number) => {
    const before = store.gets.length
    await source.read(start, end)
    return store.gets.length === before
  }
  await source.read(20_000, 30_000)
  await source.read(30_000, 40_000)
  t.equal(await isCached(20_000, 20_010), true)
  await source.read(50_000, 60_000)
  t.equal(await isCached(20_000, 30_000), true, 'it was used')
  t.equal(await isCached(30_000, 40_000), false)
  await source.read(60_000, 90_000)
  t.equal(await isCached(60_000, 60_001), false, 'larger than the cache')
  t.equal(await isCached(0, 10_000), true)
})

t.test('caches no byte twice', async (t) => {
  const { store, source } = await openFaulty(100_000, { maxCachedBytes: 20_000 })
  await source.read(20_000, 25_000)
  await source.read(20_000, 30_000)
  await source.read(20_000, 21_000)
  await source.read(40_000, 50_000)
  store.gets.length = 0
  await source.read(20_000, 30_000)
  await source.read(40_000, 50_000)
  t.same(store.gets, [])
})

t.test('returns the bytes of the object, in any order of reads', async (t) => {
  for (const seed of [1, 2, 3, 4]) {
    const random = createRandom(seed)
    const { video, source } = await openFaulty(60_000, {
      maxCachedBytes: 15_000,
      maxRequests: Infinity,
      maxBytes: Infinity
    })
    const reads = Array.from({ length: 300 }, () => {
      const start = Math.floor(random() * 60_001)
      return [start, Math.min(60_000, start + Math.floor(random() ** 3 * 25_000))] as const
    })
    let wrong = 0
    const check = async ([start, end]: readonly [number, number]) => {
      if (!(await source.read(start, end)).equals(video.subarray(start, end))) wrong += 1
    }
    for (const read of reads.slice(0, 200)) await check(read)
    await Promise.all(reads.slice(200).map(check))
    t.equal(wrong, 0, `seed ${seed}`)
    t.ok(
      source.stats.requests < 301 &&
        source.stats.bytesRead < reads.reduce((sum, [start, end]) => sum + end - start, 10_000),
      'cached bytes are not requested'
    )
  }
})

t.test('reads a long range in parallel parts, and counts one request', async (t) => {
  const { video, store, source } = await openFaulty(12 * MIB)
  let together = 0
  store.onChunk = () => {
    together = Math.max(together, store.openBodies)
  }
  const start = 54_321
  t.ok((await source.read(start, 12 * MIB)).equals(video.subarray(start)))
  const ranges = store.gets.slice(1).map(({ range }) => range!)
  t.equal(ranges.length, 4)
  t.equal(together, 4)
  t.same(
    ranges.map((range) => range.start),
    [start, ...ranges.slice(0, -1).map((range) => range.end)],
    'without gap or overlap'
  )
  t.equal(ranges.at(-1)?.end, 12 * MIB)
  t.same(source.stats, { bytesRead: 10_000 + 12 * MIB - start, requests: 2 })
})

t.test('splits a range into parts without gap or overlap', async (t) => {
  const counts: Array<[size: number, count: number]> = [
    [1, 1],
    [1000, 1],
    [MIB, 1],
    [2 * MIB - 1, 1],
    [2 * MIB, 2],
    [2 * MIB + 1, 2],
    [3 * MIB + 1, 3],
    [4 * MIB, 4],
    [4 * MIB + 3, 4],
    [20 * MIB - 1, 4]
  ]
  for (const [size, count] of counts) {
    const parts = splitIntoParts(size)
    t.equal(parts.length, count)
    t.same(
      parts.map(({ start }) => start),
      [0, ...parts.slice(0, -1).map(({ end }) => end)]
    )
    t.equal(parts.at(-1)?.end, size)
    t.ok(parts.every(({ start, end }) => start < end))
  }
})

const interruptions: Array<[name: string, fault: Fault, resumesAt: number]> = [
  ['is reset', { kind: 'reset', afterBytes: 4_000 }, 24_000],
  ['ends early', { kind: 'short', afterBytes: 4_500 }, 24_500],
  ['has no bytes', { kind: 'short', afterBytes: 0 }, 20_000],
  ['stalls', { kind: 'stall', afterBytes: 4_000 }, 24_000],
  ['does not end', { kind: 'stall', afterBytes: 10_000 }, 20_000],
  ['never begins', { kind: 'silence' }, 20_000]
]

for (const [name, fault, resumesAt] of interruptions) {
  t.test(`resumes a response that ${name}`, async (t) => {
    const { video, store, source } = await openFaulty(50_000, { idleTimeoutMs: 30 })
    store.faults.push(fault)
    t.ok((await source.read(20_000, 30_000)).equals(video.subarray(20_000, 30_000)))
    t.same(
      store.gets.slice(1).map(({ range, ifMatch }) => [range?.start, range?.end, ifMatch]),
      [
        [20_000, 30_000, source.etag],
        [resumesAt, 30_000, source.etag]
      ]
    )
    const wastedBytes = name === 'does not end' ? 10_000 : 0
    t.same(source.stats, { bytesRead: 20_000 + wastedBytes, requests: 3 }, 'no byte came twice')
    t.equal(store.openBodies, 0)
  })

  t.test(`rejects with store_unavailable if every response ${name}`, async (t) => {
    const { store, source } = await openFaulty(50_000, { idleTimeoutMs: 30 })
    store.faults.push(
      ...Array<Fault>(10).fill(
        'afterBytes' in fault && fault.afterBytes < 10_000
          ? { ...fault, afterBytes: Math.min(fault.afterBytes, 1_000) }
          : fault
      )
    )
    await t.rejects(source.read(20_000, 30_000), { name: 'PosterframeError', code: 'store_unavailable' })
    t.equal(store.gets.length, 4, 'three attempts')
    t.equal(store.openBodies, 0)
  })
}

t.test('waits for a response that is slow but does not stall', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const { store, source } = await openFaulty(50_000, { idleTimeoutMs: 1000 })
  store.onChunk = async (sentBytes) => {
    while (source.stats.bytesRead < 10_000 + sentBytes) await new Promise(setImmediate)
    mock.timers.tick(900)
  }
  t.equal((await source.read(20_000, 30_000)).length, 10_000)
  t.equal(store.gets.length, 2)
})

t.test('opens if the first responses break, and keeps to the version of the first', async (t) => {
  const { video, store, source } = await openFaulty(50_000, {}, [
    { kind: 'reset', afterBytes: 3_000 },
    { kind: 'short', afterBytes: 2_000 }
  ])
  t.ok((await source.read(0, 10_000)).equals(video.subarray(0, 10_000)))
  t.same(
    store.gets.map(({ range, ifMatch }) => [range?.start, ifMatch]),
    [
      [0, undefined],
      [3_000, source.etag],
      [5_000, source.etag]
    ]
  )
  t.equal(source.stats.requests, 3)
  t.equal(store.gets.length, 3, 'and reads no more')
})

t.test('resumes one of several parallel parts alone', async (t) => {
  const { video, store, source } = await openFaulty(12 * MIB)
  store.faults.push({ kind: 'none' }, { kind: 'reset', afterBytes: 50_000 }, { kind: 'short', afterBytes: 7 })
  t.ok((await source.read(0, 12 * MIB)).equals(video))
  t.equal(store.gets.length, 1 + 4 + 2)
  t.same(source.stats, { bytesRead: 12 * MIB, requests: 1 + 1 + 2 })
})

t.test('does not retry requests that the store client has retried itself', async (t) => {
  const { store, source } = await openFaulty(50_000)
  for (const code of ['store_unavailable', 'store_rejected', 'source_archived', 'source_not_found'] as const) {
    store.faults.push({ kind: 'refuse', error: new PosterframeError(code) })
    const before = store.gets.length
    await t.rejects(source.read(20_000, 30_000), { code })
    t.equal(store.gets.length, before + 1)
  }
})

t.test('retries a denial in the middle of a read, which passes', async (t) => {
  const { video, store, source } = await openFaulty(50_000)
  const denied: Fault = { kind: 'refuse', error: new StoreError('denied', address) }
  store.faults.push(denied)
  t.ok((await source.read(20_000, 30_000)).equals(video.subarray(20_000, 30_000)))
  store.faults.push(denied, denied, denied)
  await t.rejects(source.read(30_000, 40_000), { code: 'store_unavailable', retryable: true })
  const memory = createFaultStore(new MemoryStore())
  memory.faults.push(denied)
  await t.rejects(openObjectSource(memory, address, { signal }), { code: 'store_forbidden' }, 'not at its beginning')
  t.equal(memory.gets.length, 1)
})

t.test('rejects with source_changed if the object was overwritten', async (t) => {
  const { memory, store, source } = await openFaulty(50_000)
  await memory.put(address, createVideo(50_000, 2), putOptions)
  await t.rejects(source.read(20_000, 30_000), { code: 'source_changed' })
  t.equal(store.gets.length, 2)
  t.equal((await source.read(0, 5_000)).length, 5_000, 'the cache still has the first version')
})

t.test('rejects with source_changed if the object is overwritten while a body is read', async (t) => {
  const { memory, store, source } = await openFaulty(50_000)
  store.faults.push({ kind: 'reset', afterBytes: 4_000 })
  store.onChunk = () => {
    memory.objects.set('videos/a.mp4', { ...memory.objects.get('videos/a.mp4')!, etag: 'another' })
  }
  await t.rejects(source.read(20_000, 30_000), { code: 'source_changed' })
  t.equal(store.gets.length, 3)
})

t.test('rejects with source_changed if the object is overwritten while parts are read', async (t) => {
  const { store, source } = await openFaulty(12 * MIB)
  store.faults.push(
    { kind: 'none' },
    { kind: 'stall', afterBytes: 0 },
    { kind: 'refuse', error: new PosterframeError('source_changed') }
  )
  await t.rejects(source.read(0, 12 * MIB), { code: 'source_changed' })
  t.equal(store.gets.length, 5, 'no part is requested again')
  t.equal(store.openBodies, 0, 'the other parts are aborted')
})

t.test('detects another version if the store ignores the condition', async (t) => {
  const { memory, store, source } = await openFaulty(50_000)
  const ignoring: ObjectStore = { ...store, get: (where, { ifMatch, ...options }) => store.get(where, options) }
  const opened = await openObjectSource(ignoring, address, { signal, headBytes: 100 })
  t.equal(opened.etag, source.etag)
  await memory.put(address, createVideo(50_000, 2), putOptions)
  await t.rejects(opened.read(20_000, 30_000), { code: 'source_changed' })
  await memory.put(address, createVideo(60_000), putOptions)
  memory.objects.set('videos/a.mp4', { ...memory.objects.get('videos/a.mp4')!, etag: source.etag })
  await t.rejects(opened.read(20_000, 30_000), { code: 'source_changed' }, 'of another size')
  while (store.openBodies > 0) await new Promise(setImmediate)
})

t.test('rejects the bytes of a store that ignores the range', async (t) => {
  for (const fault of [{ kind: 'whole' }, { kind: 'long', surplusBytes: 1 }] as const) {
    const { store, source } = await openFaulty(50_000)
    store.faults.push(fault)
    await t.rejects(source.read(20_000, 30_000), { code: 'store_unavailable' })
    t.equal(store.gets.length, 2, 'no retry')
    while (store.openBodies > 0) await new Promise(setImmediate)
  }
})

for (const [name, fault] of [
  ['does not answer', { kind: 'silence' }],
  ['stalls', { kind: 'stall', afterBytes: 2_000 }]
] as const) {
  t.test(`rejects with the reason of the signal if it is aborted while the store ${name}`, async (t) => {
    const controller = new AbortController()
    const { store, source } = await openFaulty(12 * MIB, { signal: controller.signal })
    store.faults.push(fault, fault, fault, fault)
    const reason = new Error('client left')
    const caught = catchError(source.read(0, 12 * MIB))
    while (store.gets.length < 5) await new Promise(setImmediate)
    controller.abort(reason)
    t.equal(await caught, reason)
    t.equal(store.openBodies, 0)
    t.equal(store.gets.length, 5)
    t.equal(await catchError(source.read(0, 10)), reason, 'also for cached bytes')
    t.same(getEventListeners(controller.signal, 'abort'), [])
  })
}

t.test('rejects with the reason of the signal if it is aborted between two attempts', async (t) => {
  const controller = new AbortController()
  const { store, source } = await openFaulty(50_000, { signal: controller.signal, retryDelayMs: 2 ** 30 })
  store.faults.push({ kind: 'short', afterBytes: 0 })
  const reason = new Error('client left')
  const caught = catchError(source.read(20_000, 30_000))
  while (store.gets.length < 2 || store.openBodies > 0) await new Promise(setImmediate)
  controller.abort(reason)
  t.equal(await caught, reason)
})

t.test('does not open if the signal is already aborted', async (t) => {
  const reason = new Error('client left')
  const store = createFaultStore(new MemoryStore())
  t.equal(await catchError(openObjectSource(store, address, { signal: AbortSignal.abort(reason) })), reason)
  t.equal(store.gets.length, 0)
})

t.test('shares cache and stats with the same source under another signal', async (t) => {
  const first = new AbortController()
  const { store, source } = await openFaulty(50_000, { signal: first.signal })
  const second = source.withSignal(signal)
  await source.read(20_000, 30_000)
  first.abort(new Error('the first has left'))
  await t.rejects(source.read(0, 1), { message: 'the first has left' })
  t.equal((await second.read(20_000, 30_000)).length, 10_000)
  t.equal((await second.read(30_000, 31_000)).length, 1_000)
  t.equal(store.gets.length, 3)
  t.same(second.stats, source.stats)
})

t.test('rejects a read past the byte limit, before requesting it', async (t) => {
  const { store, source } = await openFaulty(50_000, { maxBytes: 25_000 })
  await source.read(10_000, 20_000)
  const error = await catchError(source.read(20_000, 25_001))
  t.match(error, {
    name: 'PosterframeError',
    code: 'video_limits_exceeded',
    members: { maxBytes: 25_000 },
    detail: /25000 bytes/
  })
  t.equal(store.gets.length, 2, 'not requested')
  await source.read(20_000, 25_000)
  t.equal(source.stats.bytesRead, 25_000)
  await t.rejects(openFaulty(50_000, { maxBytes: 9_999 }), { code: 'video_limits_exceeded' })
})

t.test('counts concurrent reads before their bytes have arrived', async (t) => {
  const { source } = await openFaulty(50_000, { maxBytes: 25_000 })
  const results = await Promise.allSettled([source.read(10_000, 20_000), source.read(20_000, 30_000)])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected']
  )
})

t.test('rejects past the request limit, counting retries', async (t) => {
  const { store, source } = await openFaulty(50_000, { maxRequests: 3 })
  await source.read(10_000, 20_000)
  store.faults.push({ kind: 'reset', afterBytes: 1_000 })
  t.match(await catchError(source.read(20_000, 25_000)), {
    code: 'video_limits_exceeded',
    members: { maxRequests: 3 },
    detail: /3 reads/
  })
  t.equal(store.gets.length, 3)
})

/** Requirements on every store: the same bytes, the pinned version, an empty object. */
async function testOnStore (t: Test, store: ObjectStore, bucket: string): Promise<void> {
  const at = { bucket, key: 'videos/a b+c.mp4' }
  const video = createVideo(11 * MIB + 17)
  await store.put(at, video, putOptions)
  const source = await openObjectSource(store, at, { signal })
  t.match(source, {
    size: video.length,
    etag: (await store.head(at, { signal }))?.etag,
    contentType: 'video/mp4',
    metadata: { made: 'here' }
  })
  t.same(source.stats, { bytesRead: 256 * 1024, requests: 1 })
  const random = createRandom(7)
  for (let round = 0; round < 20; round++) {
    const start = Math.floor(random() * video.length)
    const end = Math.min(video.length, start + 1 + Math.floor(random() ** 4 * video.length))
    t.ok((await source.read(start, end)).equals(video.subarray(start, end)), `${start} to ${end}`)
  }
  t.ok((await source.read(0, video.length)).equals(video), 'the whole')

  const other = await openObjectSource(store, at, { signal })
  await store.put(at, createVideo(11 * MIB + 17, 2), putOptions)
  await t.rejects(other.read(MIB, 2 * MIB), { code: 'source_changed' })
  await t.rejects(other.read(MIB, 10 * MIB), { code: 'source_changed' }, 'in parts')

  await store.put({ bucket, key: 'empty' }, Buffer.alloc(0), putOptions)
  const empty = await openObjectSource(store, { bucket, key: 'empty' }, { signal })
  t.match(empty, { size: 0, contentType: 'video/mp4' })
  t.ok(empty.stats.requests <= 2 && empty.stats.bytesRead === 0)
  t.equal((await empty.read(0, 0)).length, 0)
  await t.rejects(empty.read(0, 1), { name: 'RangeError' })

  await t.rejects(openObjectSource(store, { bucket, key: 'missing' }, { signal }), { code: 'source_not_found' })
}

t.test('reads the local store', async (t) => {
  await testOnStore(
    t,
    await createLocalStore({ directory: t.testdir(), buckets: ['videos'], publicUrl: () => 'http://localhost' }),
    'videos'
  )
})

t.test('reads radosgw', { skip: radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  Object.assign(process.env, radosgw.env)
  const client = createS3Client({ forcePathStyle: true })
  t.teardown(() => client.destroy())
  await testOnStore(t, createS3Store({ client }), await radosgw.createBucket())
})

t.test('rejects if an empty object is overwritten or deleted before its size is read', async (t) => {
  const memory = new MemoryStore()
  const store: ObjectStore = {
    ...createFaultStore(memory),
    get: async () => {
      throw new PosterframeError('source_changed')
    }
  }
  await t.rejects(openObjectSource(store, address, { signal }), { code: 'source_not_found' })
  await memory.put(address, createVideo(5), putOptions)
  await t.rejects(openObjectSource(store, address, { signal }), { code: 'source_changed' })
})

/** Opens a source in an S3 store whose server handles each request with the next listener, then with the last one. */
async function openOverHttp (t: Test, listeners: RequestListener[], options: Partial<ObjectSourceOptions> = {}) {
  const requested: string[] = []
  const server = createServer((request, response) => {
    requested.push(request.headers.range ?? 'all')
    listeners[Math.min(requested.length, listeners.length) - 1]?.(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'SECRETTEST',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  const client = createS3Client({ forcePathStyle: true })
  t.teardown(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  return {
    requested,
    source: await openObjectSource(createS3Store({ client }), address, {
      signal,
      headBytes: 1_000,
      retryDelayMs: 0,
      ...options
    })
  }
}

const video = createVideo(50_000)

/** Sends the requested range; `breakAfter` closes the connection after so many bytes of it. */
const serve =
  (breakAfter?: number): RequestListener =>
    (request, response) => {
      const [start = 0, end = 0] =
      /(\d+)-(\d+)/
        .exec(request.headers.range ?? '')
        ?.slice(1)
        .map(Number) ?? []
      const part = video.subarray(start, end + 1)
      response.writeHead(206, {
        etag: '"abc"',
        'content-type': 'video/mp4',
        'content-length': part.length,
        'content-range': `bytes ${start}-${end}/${video.length}`
      })
      if (breakAfter === undefined) response.end(part)
      else {
        response.write(part.subarray(0, breakAfter), () => {
          response.socket?.destroy()
        })
      }
    }

const slowDown: RequestListener = (_request, response) => {
  response
    .writeHead(503, { 'content-type': 'application/xml' })
    .end('<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>')
}

t.test('reads from a store that throttles, resets connections and stalls', async (t) => {
  const stall: RequestListener = (_request, response) => {
    response
      .writeHead(206, { etag: '"abc"', 'content-length': 9_000, 'content-range': `bytes 1000-9999/${video.length}` })
      .write(video.subarray(1_000, 1_500))
  }
  const listeners = [slowDown, serve(), serve(0), stall, serve()]
  const { requested, source } = await openOverHttp(t, listeners, { idleTimeoutMs: 500 })
  t.equal(source.size, video.length)
  t.ok((await source.read(500, 10_000)).equals(video.subarray(500, 10_000)))
  t.same(requested.slice(0, 2), ['bytes=0-999', 'bytes=0-999'])
  t.equal(requested.at(-1), 'bytes=1500-9999')
})

t.test('sends a throttling store three requests in all', async (t) => {
  const { requested, source } = await openOverHttp(t, [serve(), slowDown])
  await t.rejects(source.read(500, 10_000), { code: 'store_unavailable' })
  t.equal(requested.length, 1 + 3)
})
