import { getEventListeners, once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { createLocalStore } from '../../../src/store/local/local-store.ts'
import { openObjectSource, type ObjectSourceOptions } from '../../../src/video/source/object-byte-source.ts'
import type { ObjectStore } from '../../../src/store/object-store.ts'
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

function createVideo (bytes: number, seed = 1): Buffer {
  const random = createRandom(seed)
  const video = Buffer.alloc(bytes)
  for (let at = 0; at + 4 <= bytes; at += 4) video.writeUInt32LE(Math.floor(random() * 2 ** 32), at)
  return video
}

/** A video in memory behind faults, opened with a small beginning and without waiting between attempts. */
async function openFaulty (bytes: number, options: Partial<ObjectSourceOptions> = {}, openingFaults: Fault[] = []) {
  const video = createVideo(bytes)
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

t.test('opens with one bounded request that tells size, entity tag and type', async (t) => {
  const { video, store, source, memory } = await openFaulty(50_000)
  const head = await memory.head(address)
  t.match(source, { size: 50_000, etag: head?.etag, contentType: 'video/mp4', metadata: { made: 'here' } })
  t.same(store.gets, [{ range: { start: 0, end: 10_000 }, ifMatch: undefined }])
  t.same(source.stats, { bytesRead: 10_000, requests: 1 })
  t.ok((await source.read(0, 10_000)).equals(video.subarray(0, 10_000)))
  t.ok((await source.read(17, 4_000)).equals(video.subarray(17, 4_000)))
  t.same(source.stats, { bytesRead: 10_000, requests: 1 }, 'the beginning serves later reads')
})

t.test('binds every later request to the entity tag of the first', async (t) => {
  const { video, store, source } = await openFaulty(50_000)
  t.ok((await source.read(20_000, 30_000)).equals(video.subarray(20_000, 30_000)))
  t.same(store.gets.at(-1), { range: { start: 20_000, end: 30_000 }, ifMatch: source.etag })
  t.same(source.stats, { bytesRead: 20_000, requests: 2 })
})

t.test('holds a whole object that is smaller than the beginning', async (t) => {
  const { video, source } = await openFaulty(137)
  t.equal(source.size, 137)
  t.ok((await source.read(0, 137)).equals(video))
  t.same(source.stats, { bytesRead: 137, requests: 1 })
})

t.test('opens what was asked for before without a request, and only that version', async (t) => {
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

t.test('does not find what is not there', async (t) => {
  await t.rejects(openObjectSource(new MemoryStore(), address, { signal }), { code: 'source_not_found' })
})

t.test('refuses a range that does not lie within the source', async (t) => {
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

t.test('reads only what is not held, whichever side it lies on', async (t) => {
  const { video, store, source } = await openFaulty(100_000)
  const readAndAsk = async (start: number, end: number) => {
    store.gets.length = 0
    t.ok((await source.read(start, end)).equals(video.subarray(start, end)), `${start} to ${end}`)
    return store.gets.map(({ range }) => [range?.start, range?.end])
  }
  t.same(await readAndAsk(5_000, 15_000), [[10_000, 15_000]], 'after the beginning')
  t.same(await readAndAsk(40_000, 50_000), [[40_000, 50_000]])
  t.same(await readAndAsk(30_000, 45_000), [[30_000, 40_000]], 'before a held span')
  t.same(await readAndAsk(14_000, 31_000), [[15_000, 30_000]], 'between two')
  t.same(await readAndAsk(0, 50_000), [], 'put together from all of them')
  t.same(await readAndAsk(49_000, 60_000), [[50_000, 60_000]])
})

t.test('lets go of what was used the longest time ago, never of the beginning', async (t) => {
  const { store, source } = await openFaulty(100_000, { maxCachedBytes: 20_000 })
  const isHeld = async (start: number, end: number) => {
    const before = store.gets.length
    await source.read(start, end)
    return store.gets.length === before
  }
  await source.read(20_000, 30_000)
  await source.read(30_000, 40_000)
  t.equal(await isHeld(20_000, 20_010), true)
  await source.read(50_000, 60_000)
  t.equal(await isHeld(20_000, 30_000), true, 'it was used')
  t.equal(await isHeld(30_000, 40_000), false)
  await source.read(60_000, 90_000)
  t.equal(await isHeld(60_000, 60_001), false, 'too large to be held at all')
  t.equal(await isHeld(0, 10_000), true)
})

t.test('holds no byte twice', async (t) => {
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

t.test('agrees with the bytes of the object, whatever is read in which order', async (t) => {
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
      'held bytes cost nothing'
    )
  }
})

t.test('reads a long run in parts at the same time, and counts one request', async (t) => {
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

t.test('cuts a run into parts that are together the whole', async (t) => {
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
  t.test(`goes on where an answer that ${name} left off`, async (t) => {
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

  t.test(`finds the store unavailable when every answer ${name}`, async (t) => {
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

t.test('waits for an answer that is slow but comes', async (t) => {
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

t.test('opens though the first answers break, of the version that came first', async (t) => {
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

t.test('takes one part up again without the others', async (t) => {
  const { video, store, source } = await openFaulty(12 * MIB)
  store.faults.push({ kind: 'none' }, { kind: 'reset', afterBytes: 50_000 }, { kind: 'short', afterBytes: 7 })
  t.ok((await source.read(0, 12 * MIB)).equals(video))
  t.equal(store.gets.length, 1 + 4 + 2)
  t.same(source.stats, { bytesRead: 12 * MIB, requests: 1 + 1 + 2 })
})

t.test('does not repeat what the store has repeated itself', async (t) => {
  const { store, source } = await openFaulty(50_000)
  for (const code of ['store_unavailable', 'store_forbidden', 'source_archived', 'source_not_found'] as const) {
    store.faults.push({ kind: 'refuse', error: new PosterframeError(code) })
    const before = store.gets.length
    await t.rejects(source.read(20_000, 30_000), { code })
    t.equal(store.gets.length, before + 1)
  }
})

t.test('tells at once that the object was overwritten', async (t) => {
  const { memory, store, source } = await openFaulty(50_000)
  await memory.put(address, createVideo(50_000, 2), putOptions)
  await t.rejects(source.read(20_000, 30_000), { code: 'source_changed' })
  t.equal(store.gets.length, 2)
  t.equal((await source.read(0, 5_000)).length, 5_000, 'what is held is still of the one version')
})

t.test('tells that the object was overwritten in the middle of a body', async (t) => {
  const { memory, store, source } = await openFaulty(50_000)
  store.faults.push({ kind: 'reset', afterBytes: 4_000 })
  store.onChunk = () => {
    memory.objects.set('videos/a.mp4', { ...memory.objects.get('videos/a.mp4')!, etag: 'another' })
  }
  await t.rejects(source.read(20_000, 30_000), { code: 'source_changed' })
  t.equal(store.gets.length, 3)
})

t.test('tells that the object was overwritten while parts of it were read', async (t) => {
  const { store, source } = await openFaulty(12 * MIB)
  store.faults.push(
    { kind: 'none' },
    { kind: 'stall', afterBytes: 0 },
    { kind: 'refuse', error: new PosterframeError('source_changed') }
  )
  await t.rejects(source.read(0, 12 * MIB), { code: 'source_changed' })
  t.equal(store.gets.length, 5, 'no part is asked for again')
  t.equal(store.openBodies, 0, 'the other parts are given up')
})

t.test('notices another version where the store takes no notice of the condition', async (t) => {
  const { memory, store, source } = await openFaulty(50_000)
  const careless: ObjectStore = { ...store, get: (where, { ifMatch, ...options }) => store.get(where, options) }
  const opened = await openObjectSource(careless, address, { signal, headBytes: 100 })
  t.equal(opened.etag, source.etag)
  await memory.put(address, createVideo(50_000, 2), putOptions)
  await t.rejects(opened.read(20_000, 30_000), { code: 'source_changed' })
  await memory.put(address, createVideo(60_000), putOptions)
  memory.objects.set('videos/a.mp4', { ...memory.objects.get('videos/a.mp4')!, etag: source.etag })
  await t.rejects(opened.read(20_000, 30_000), { code: 'source_changed' }, 'of another size')
  while (store.openBodies > 0) await new Promise(setImmediate)
})

t.test('never takes the wrong bytes from a store that sends others than were asked for', async (t) => {
  for (const fault of [{ kind: 'whole' }, { kind: 'long', surplusBytes: 1 }] as const) {
    const { store, source } = await openFaulty(50_000)
    store.faults.push(fault)
    await t.rejects(source.read(20_000, 30_000), { code: 'store_unavailable' })
    t.equal(store.gets.length, 2, 'asking again would not help')
    while (store.openBodies > 0) await new Promise(setImmediate)
  }
})

for (const [name, fault] of [
  ['does not answer', { kind: 'silence' }],
  ['stalls', { kind: 'stall', afterBytes: 2_000 }]
] as const) {
  t.test(`rejects with the reason of a signal that is aborted while the store ${name}`, async (t) => {
    const controller = new AbortController()
    const { store, source } = await openFaulty(12 * MIB, { signal: controller.signal })
    store.faults.push(fault, fault, fault, fault)
    const reason = new Error('nobody waits any more')
    const caught = catchError(source.read(0, 12 * MIB))
    while (store.gets.length < 5) await new Promise(setImmediate)
    controller.abort(reason)
    t.equal(await caught, reason)
    t.equal(store.openBodies, 0)
    t.equal(store.gets.length, 5)
    t.equal(await catchError(source.read(0, 10)), reason, 'also for what is held')
    t.same(getEventListeners(controller.signal, 'abort'), [])
  })
}

t.test('rejects with the reason of a signal that is aborted between two attempts', async (t) => {
  const controller = new AbortController()
  const { store, source } = await openFaulty(50_000, { signal: controller.signal, retryDelayMs: 2 ** 30 })
  store.faults.push({ kind: 'short', afterBytes: 0 })
  const reason = new Error('nobody waits any more')
  const caught = catchError(source.read(20_000, 30_000))
  while (store.gets.length < 2 || store.openBodies > 0) await new Promise(setImmediate)
  controller.abort(reason)
  t.equal(await caught, reason)
})

t.test('does not open for a signal that is aborted already', async (t) => {
  const reason = new Error('nobody waits any more')
  const store = createFaultStore(new MemoryStore())
  t.equal(await catchError(openObjectSource(store, address, { signal: AbortSignal.abort(reason) })), reason)
  t.equal(store.gets.length, 0)
})

t.test('lives on under another signal, with what it holds and counts', async (t) => {
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

t.test('ends where more bytes would be read than may be', async (t) => {
  const { store, source } = await openFaulty(50_000, { maxBytes: 25_000 })
  await source.read(10_000, 20_000)
  const error = await catchError(source.read(20_000, 25_001))
  t.match(error, {
    name: 'PosterframeError',
    code: 'video_limits_exceeded',
    members: { maxBytes: 25_000 },
    detail: /25000 bytes/
  })
  t.equal(store.gets.length, 2, 'before it asks for them')
  await source.read(20_000, 25_000)
  t.equal(source.stats.bytesRead, 25_000)
  await t.rejects(openFaulty(50_000, { maxBytes: 9_999 }), { code: 'video_limits_exceeded' })
})

t.test('counts reads at the same time before their bytes have come', async (t) => {
  const { source } = await openFaulty(50_000, { maxBytes: 25_000 })
  const results = await Promise.allSettled([source.read(10_000, 20_000), source.read(20_000, 30_000)])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected']
  )
})

t.test('ends where more requests would be made than may be, attempts included', async (t) => {
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

/** What every store must give: the same bytes, the pinned version, an empty object. */
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

t.test('passes on that an empty object was overwritten, or has gone, before its size was asked for', async (t) => {
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

/** A source in an S3 store whose server answers each request with the next listener, and the last one from then on. */
async function openOverHttp (t: Test, listeners: RequestListener[], options: Partial<ObjectSourceOptions> = {}) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.range ?? 'all')
    listeners[Math.min(asked.length, listeners.length) - 1]?.(request, response)
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
    asked,
    source: await openObjectSource(createS3Store({ client }), address, {
      signal,
      headBytes: 1_000,
      retryDelayMs: 0,
      ...options
    })
  }
}

const video = createVideo(50_000)

/** Answers the range that was asked for; `breakAfter` cuts the connection in the middle. */
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

t.test('outlasts a store that is slowed down, that resets and that stalls', async (t) => {
  const stall: RequestListener = (_request, response) => {
    response
      .writeHead(206, { etag: '"abc"', 'content-length': 9_000, 'content-range': `bytes 1000-9999/${video.length}` })
      .write(video.subarray(1_000, 1_500))
  }
  const { asked, source } = await openOverHttp(t, [slowDown, serve(), serve(0), stall, serve()], { idleTimeoutMs: 500 })
  t.equal(source.size, video.length)
  t.ok((await source.read(500, 10_000)).equals(video.subarray(500, 10_000)))
  t.same(asked.slice(0, 2), ['bytes=0-999', 'bytes=0-999'])
  t.equal(asked.at(-1), 'bytes=1500-9999')
})

t.test('asks a store that stays slowed down three times in all', async (t) => {
  const { asked, source } = await openOverHttp(t, [serve(), slowDown])
  await t.rejects(source.read(500, 10_000), { code: 'store_unavailable' })
  t.equal(asked.length, 1 + 3)
})
