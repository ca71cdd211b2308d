// A bug in an adapter is `internal_error`, and never the fault of the bucket, the video or the caller.
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildApp } from '../src/http/app.ts'
import { translateUploadError } from '../src/http/routes/receive-upload.ts'
import { createScratch } from '../src/limits/scratch.ts'
import { createSemaphore } from '../src/limits/semaphore.ts'
import { createLocalStore } from '../src/store/local/local-store.ts'
import type { ObjectStore } from '../src/store/object-store.ts'
import { createMakeThumbnail, type MakeThumbnailParts } from '../src/thumbnails/use-cases/make-thumbnail.ts'
import type { DecoderInput } from '../src/video/decode/decode-plan.ts'
import { createLibav } from '../src/video/decode/libav/libav.ts'
import type { LibavPool } from '../src/video/decode/libav/libav-pool.ts'
import type { LibavProcess } from '../src/video/decode/libav/libav-process.ts'
import { createExtractWithFallback } from '../src/video/extract/extract-with-fallback.ts'
import { openObjectSource } from '../src/video/source/object-byte-source.ts'
import { createFaultStore } from './support/fault-store.ts'
import { createFakeServices, fakeSettings } from './support/fake-services.ts'
import { MemoryStore } from './support/memory-store.ts'

const BUGS = [
  new TypeError('Promise.withResolvers is not a function'),
  new ReferenceError('x is not defined'),
  new RangeError('The value of "offset" is out of range.')
]
const FRAME = {
  picture: { data: Buffer.alloc(12), width: 2, height: 2, channels: 3 },
  timestampMicros: 0,
  isKey: true,
  source: { duration: 10, container: 'mp4', codec: 'h264', width: 2, height: 2, rotation: 0, hdr: false },
  warnings: [],
  packetsDecoded: 1,
  mode: 'full'
} as const
const address = { bucket: 'videos', key: 'a.mp4' }
const { signal } = new AbortController()

/** Requests a thumbnail over HTTP from a service with these parts, and returns the problem document. */
async function request (t: Test, parts: Partial<MakeThumbnailParts>): Promise<unknown> {
  const directory = t.testdir()
  await mkdir(join(directory, 'data/videos'), { recursive: true })
  await copyFile('package.json', join(directory, 'data/videos/a.mp4'))
  await mkdir(join(directory, 'scratch'))
  const store = await createLocalStore({
    directory: join(directory, 'data'),
    buckets: ['out'],
    publicUrl: () => 'http://host'
  })
  const makeThumbnail = createMakeThumbnail({
    store,
    scratch: await createScratch({ root: join(directory, 'scratch'), reserveBytes: 0 }),
    admission: createSemaphore({ slots: 2, queue: 8 }),
    slots: createSemaphore({ slots: 2, queue: 8 }),
    extractFrame: async (source) => {
      await source.stage()
      return FRAME
    },
    encodeImage: async () => ({
      data: Buffer.from('picture'),
      width: 2,
      height: 2,
      contentType: 'image/jpeg',
      placeholder: 'AAAA',
      warnings: []
    }),
    outputBucket: 'out',
    outputPrefix: 'thumbnails/',
    sourceBuckets: ['videos'],
    maxSourceBytes: 1_000_000,
    ...parts
  })
  const app = await buildApp(createFakeServices(directory, { makeThumbnail }), fakeSettings)
  t.teardown(() => app.close())
  const answer = await app.inject({ method: 'POST', url: '/v1/thumbnails', payload: { key: 'a.mp4', timestamp: '0' } })
  return answer.json()
}

/** Returns a store one of whose methods throws. */
function breakStore (method: 'get' | 'head' | 'put' | 'presignGet', bug: Error): ObjectStore {
  const memory = new MemoryStore()
  const store = createFaultStore(memory)
  void memory.put(address, Buffer.from('a video'), { contentType: 'video/mp4', metadata: {} })
  return { ...store, [method]: async () => await Promise.reject(bug) }
}

const internal = { status: 500, code: 'internal_error', detail: /^The service failed unexpectedly/ }

t.test('the parts work without a bug', async (t) => {
  t.match(await request(t, {}), { bucket: 'out', cached: false })
})

t.test('of a store', async (t) => {
  for (const bug of BUGS) {
    for (const method of ['get', 'head', 'put', 'presignGet'] as const) {
      t.match(await request(t, { store: breakStore(method, bug) }), internal, `${method}: ${bug.name}`)
    }
  }
})

t.test('of the body of an object', async (t) => {
  for (const bug of BUGS) {
    const memory = new MemoryStore()
    await memory.put(address, Buffer.alloc(5000, 1), { contentType: 'video/mp4', metadata: {} })
    const store = createFaultStore(memory)
    store.onChunk = () => {
      throw bug
    }
    const opening = openObjectSource(store, address, { signal, retryDelayMs: 0 })
    await t.rejects(opening, { name: bug.name, message: bug.message })
    t.equal(store.gets.length, 1, 'is not tried again')
  }
})

t.test('of a decoder and an encoder', async (t) => {
  for (const bug of BUGS) {
    const throwBug = async () => await Promise.reject(bug)
    const extractFrame = createExtractWithFallback({ extractRanged: throwBug, extractFull: throwBug })
    t.match(await request(t, { extractFrame }), internal, `decoder: ${bug.name}`)
    t.match(await request(t, { encodeImage: throwBug }), internal, `encoder: ${bug.name}`)
  }
})

t.test('of a decoder in a worker process', async (t) => {
  const fail = (failure: 'bug' | 'failed') => {
    const answer = { head: { kind: 'failure', failure, reason: 'TypeError: x is undefined' }, body: Buffer.alloc(0) }
    const worker = { run: async () => answer } as unknown as LibavProcess
    const pool = { withWorker: async (_signal, use) => await use(worker) } as LibavPool
    const input = {
      path: '/nowhere',
      container: { demuxer: 'mov' },
      isProbed: true,
      threads: 1,
      maxPixels: 1,
      bytes: 1
    } as unknown as DecoderInput
    return createLibav(pool, new Set()).list(input, { signal, directory: '/nowhere' })
  }
  await t.rejects(fail('bug'), { code: 'internal_error' })
  await t.rejects(fail('failed'), { code: 'corrupt_video' })
})

t.test('of the code that receives an upload', async (t) => {
  for (const bug of BUGS) t.equal(translateUploadError(bug), bug)
  t.match(translateUploadError(new Error('Unexpected end of form')), { code: 'invalid_request' })
})
