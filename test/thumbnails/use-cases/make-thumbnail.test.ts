import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { createScratch } from '../../../src/limits/scratch.ts'
import { createSemaphore } from '../../../src/limits/semaphore.ts'
import { createMakeThumbnail, type MakeThumbnailParts } from '../../../src/thumbnails/use-cases/make-thumbnail.ts'
import { completeOptions, type RawThumbnailOptions } from '../../../src/options/thumbnail-options.ts'
import { MemoryStore } from '../../support/memory-store.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'

const VIDEO = Buffer.from('a video, or so the fake decoder thinks')
const FRAME: ExtractedFrame = {
  picture: { data: Buffer.alloc(12), width: 2, height: 2, channels: 3 },
  timestampMicros: 1_500_001,
  isKey: true,
  source: { duration: 10, container: 'mp4', codec: 'h264', width: 2, height: 2, rotation: 0, hdr: false },
  warnings: [],
  packetsDecoded: 3,
  mode: 'full'
}

async function setUp (t: Test, parts: Partial<MakeThumbnailParts> = {}) {
  const store = new MemoryStore()
  await store.put({ bucket: 'videos', key: 'a.mp4' }, VIDEO, { contentType: 'video/mp4', metadata: {} })
  store.calls.length = 0
  const root = t.testdir()
  const read: string[] = []
  const makeThumbnail = createMakeThumbnail({
    store,
    scratch: await createScratch({ root, reserveBytes: 0 }),
    admission: createSemaphore({ slots: 2, queue: 8 }),
    slots: createSemaphore({ slots: 2, queue: 8 }),
    extractFrame: async (source) => {
      read.push((await readFile(await source.stage())).toString())
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
    maxSourceBytes: 1000,
    ...parts
  })
  const request = async (
    options: RawThumbnailOptions = {},
    source = { bucket: 'videos', key: 'a.mp4' },
    signal = new AbortController().signal
  ) =>
    (
      await makeThumbnail(
        { source: { kind: 'stored', ...source }, options: completeOptions({ timestamp: '1.5', ...options }) },
        { signal }
      )
    ).thumbnail
  return { store, root, read, makeThumbnail, request }
}

t.test('makes a thumbnail, stores it and reports the work', async (t) => {
  const { store, root, read, request } = await setUp(t)
  const thumbnail = await request()
  t.same(read, [VIDEO.toString()], 'the decoder read the whole source')
  t.match(thumbnail, {
    bucket: 'out',
    key: /^thumbnails\/a\.mp4\/[\w-]+\.jpg$/,
    contentType: 'image/jpeg',
    width: 2,
    height: 2,
    bytes: 7,
    timestamp: 1.500001,
    keyFrame: true,
    cached: false,
    source: { bucket: 'videos', key: 'a.mp4', bytes: VIDEO.length, duration: 10, codec: 'h264' },
    work: { mode: 'full', bytesRead: 2 * VIDEO.length, requests: 2, packetsDecoded: 3 },
    warnings: []
  })
  t.equal(store.objects.get(`out/${thumbnail.key}`)?.data.toString(), 'picture')
  t.same(await readdir(root), [], 'scratch is empty')
})

t.test('responds to a hit as to the miss, without reading or decoding', async (t) => {
  const { store, read, request } = await setUp(t)
  const miss = await request()
  store.calls.length = 0
  const hit = await request()
  t.same({ ...hit, work: 0, cached: 0, expiresAt: 0 }, { ...miss, work: 0, cached: 0, expiresAt: 0 })
  t.equal(hit.cached, true)
  t.same(hit.work, { mode: 'cached', bytesRead: 0, requests: 1, packetsDecoded: 0 })
  t.equal(read.length, 1)
  t.notOk(store.calls.some((call) => call.startsWith('get') || call.startsWith('put')))
})

t.test('looks up the thumbnail of a cached version while the store confirms the version', async (t) => {
  const { store, request } = await setUp(t)
  const { key } = await request()
  store.calls.length = 0
  const isLookedUp = Promise.withResolvers<undefined>()
  store.beforeCall = async (call) => {
    if (call === `head out/${key}`) isLookedUp.resolve(undefined)
    // The store confirms the version only after the lookup.
    if (call === 'head videos/a.mp4') await isLookedUp.promise
  }
  t.equal((await request()).cached, true)
  t.equal(store.calls.filter((call) => call === `head out/${key}`).length, 1, 'once')
})

t.test('makes a new thumbnail on request, for other options and for another version', async (t) => {
  const { store, read, request } = await setUp(t)
  const first = await request()
  t.equal((await request({ regenerate: true })).cached, false)
  t.not((await request({ width: 100 })).key, first.key)
  t.equal((await request({ expires: 60 })).cached, true, 'the expiry of the URL does not change the key')
  await store.put({ bucket: 'videos', key: 'a.mp4' }, Buffer.from('another video'), {
    contentType: 'video/mp4',
    metadata: {}
  })
  t.not((await request()).key, first.key)
  t.equal(read.length, 4)
})

t.test('makes one thumbnail for equal requests at the same time', async (t) => {
  const { read, request } = await setUp(t)
  const thumbnails = await Promise.all(Array.from({ length: 50 }, () => request()))
  t.equal(read.length, 1)
  t.equal(new Set(thumbnails.map(({ key }) => key)).size, 1)
})

t.test('reads an upload from its file', async (t) => {
  const { makeThumbnail, read, root } = await setUp(t)
  const path = join(root, 'upload')
  await writeFile(path, 'uploaded')
  const sha256 = 'ab'.repeat(32)
  const { thumbnail } = await makeThumbnail(
    { source: { kind: 'upload', path, bytes: 8, sha256 }, options: completeOptions({}) },
    { signal: new AbortController().signal }
  )
  t.same(read, ['uploaded'])
  t.match(thumbnail, {
    key: new RegExp(`^thumbnails/uploads/${sha256}/`),
    source: { bucket: null, key: null, etag: sha256, bytes: 8 },
    work: { requests: 0 }
  })
})

t.test('continues for other callers when the caller whose file is read leaves', async (t) => {
  const decoding = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const { makeThumbnail, root } = await setUp(t, {
    extractFrame: async (source) => {
      decoding.resolve()
      await left.promise
      t.equal((await readFile(await source.stage())).toString(), 'uploaded')
      return FRAME
    }
  })
  const leader = new AbortController()
  const send = async (name: string, signal: AbortSignal) => {
    const path = join(root, name)
    await writeFile(path, 'uploaded')
    return await makeThumbnail(
      { source: { kind: 'upload', path, bytes: 8, sha256: 'cd'.repeat(32) }, options: completeOptions({}) },
      { signal }
    ).finally(() => rm(path))
  }
  const first = send('one', leader.signal)
  const second = send('two', new AbortController().signal)
  await decoding.promise
  leader.abort(new Error('gone'))
  await t.rejects(first, { message: 'gone' })
  left.resolve()
  t.equal((await second).thumbnail.cached, false)
})

t.test('retries once when the source is overwritten during the run', async (t) => {
  const { store, request } = await setUp(t)
  const overwrite = (text: string) =>
    store.objects.set('videos/a.mp4', {
      ...store.objects.get('videos/a.mp4')!,
      data: Buffer.from(text),
      bytes: text.length,
      etag: text
    })
  let changes = 1
  store.beforeCall = (call) => {
    if (call.startsWith('get') && changes-- > 0) overwrite(`changed ${changes}`)
  }
  t.equal((await request()).source.etag, 'changed 0')
  changes = 2
  await t.rejects(request({ regenerate: true }), { code: 'source_changed' })
})

t.test('rejects a source that is not allowed, missing or too large', async (t) => {
  const { request } = await setUp(t, { maxSourceBytes: 5 })
  await t.rejects(request({}, { bucket: 'secrets', key: 'a.mp4' }), { code: 'forbidden_bucket' })
  await t.rejects(request({}, { bucket: 'videos', key: 'none.mp4' }), { code: 'source_not_found' })
  await t.rejects(request(), { code: 'source_too_large', members: { maxBytes: 5 } })
})

t.test('rejects a key outside the source prefixes before any request to the store', async (t) => {
  const { store, request } = await setUp(t, { sourcePrefixes: ['a/', 'b/c/'] })
  for (const key of ['a.mp4', 'a', 'b/a.mp4', 'b/cc/a.mp4', 'A/a.mp4', '/a/a.mp4']) {
    await t.rejects(request({}, { bucket: 'videos', key }), { code: 'forbidden_key' }, key)
  }
  t.same(store.calls, [])
  for (const key of ['a/x.mp4', 'b/c/x.mp4']) {
    await t.rejects(request({}, { bucket: 'videos', key }), { code: 'source_not_found' }, key)
  }
})

t.test('remembers a failure of the source, but not of one timestamp', async (t) => {
  let error = new PosterframeError('corrupt_video', { members: { timestamp: 1.5 } })
  let runs = 0
  const { request, root, store } = await setUp(t, {
    extractFrame: async () => {
      runs++
      throw error
    }
  })
  await t.rejects(request(), { code: 'corrupt_video' })
  await t.rejects(request(), { code: 'corrupt_video' })
  t.equal(runs, 2)
  error = new PosterframeError('no_video_track', { detail: 'no video' })
  await t.rejects(request(), { code: 'no_video_track' })
  await t.rejects(request({ timestamp: '2' }), { code: 'no_video_track', detail: 'no video' })
  t.equal(runs, 3, 'the second failure was remembered')
  await t.rejects(request({ regenerate: true }), { code: 'no_video_track' })
  t.equal(runs, 4)
  const [failed] = [...store.objects.keys()].filter((key) => key.endsWith('.failed'))
  t.match(failed, /^out\/thumbnails\/a\.mp4\//)
  t.same(await readdir(root), [], 'scratch is empty')
})

t.test('aborts when the client leaves, and stores nothing', async (t) => {
  const controller = new AbortController()
  const { request, root, store } = await setUp(t, {
    extractFrame: async (_path, _request, { signal }) => {
      controller.abort(new Error('gone'))
      signal.throwIfAborted()
      return FRAME
    }
  })
  await t.rejects(request({}, undefined, controller.signal), { message: 'gone' })
  t.equal([...store.objects.keys()].length, 1)
  t.same(await readdir(root), [])
})

t.test('warns when the URL expires with the credentials', async (t) => {
  const { store, request } = await setUp(t)
  store.presignLifetimeSeconds = 900
  const { expiresAt, warnings } = await request({ expires: 3600 })
  t.match(warnings, [{ code: 'url_expires_early' }])
  t.ok(Date.parse(expiresAt) < Date.now() + 901_000)
})

t.test('rejects a source that is shorter than announced', async (t) => {
  const { store, request } = await setUp(t)
  store.objects.set('videos/a.mp4', { ...store.objects.get('videos/a.mp4')!, bytes: VIDEO.length + 1 })
  await t.rejects(request(), { code: 'store_unavailable' })
})
