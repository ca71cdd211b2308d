import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { isPosterframeError, PosterframeError } from '../../../src/errors.ts'
import { createScratch } from '../../../src/limits/scratch.ts'
import { createSemaphore } from '../../../src/limits/semaphore.ts'
import { type Batch, createMakeBatch } from '../../../src/thumbnails/use-cases/make-batch.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'
import { completeOptions, type RawThumbnailOptions } from '../../../src/options/thumbnail-options.ts'
import { MemoryStore } from '../../support/memory-store.ts'
import { buildUseCases } from '../../support/several-frames.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { ffmpeg, H264, makeBarcodeVideo } from '../../support/videos.ts'

t.setTimeout(240_000)
const decoder = await makeTestDecoder()
const videos = t.testdir()
const signal = new AbortController().signal
const SOURCE = { duration: 4, container: 'mp4', codec: 'h264', width: 4096, height: 16_384, rotation: 0, hdr: false }
const mp4 = await makeBarcodeVideo(videos, 'a.mp4', {
  seconds: 8,
  framesPerSecond: 25,
  args: [...H264, '-movflags', '+faststart']
})

type UseCases = Awaited<ReturnType<typeof buildUseCases>>

async function make (
  { makeBatch }: UseCases,
  source: Parameters<UseCases['makeBatch']>[0]['source'],
  items: ReadonlyArray<RawThumbnailOptions | PosterframeError>
): Promise<Batch> {
  return (
    await makeBatch(
      { source, items: items.map((item) => (isPosterframeError(item) ? item : completeOptions(item))) },
      { signal }
    )
  ).batch
}

const readObject = ({ store }: UseCases, thumbnail: Batch['thumbnails'][number] | undefined) =>
  isPosterframeError(thumbnail) || thumbnail === undefined
    ? thumbnail
    : store.objects.get(`out/${thumbnail.key}`)?.data.toString('base64')

/** Makes each item by a request of its own, in a store of its own. */
async function makeSingly (useCases: UseCases, path: string, items: readonly RawThumbnailOptions[]) {
  const source = await useCases.putVideo(path, 'a.mp4')
  const pictures = []
  for (const item of items) {
    pictures.push(
      readObject(
        useCases,
        (await useCases.makeThumbnail({ source, options: completeOptions(item) }, { signal })).thumbnail
      )
    )
  }
  return pictures
}

t.test('decodes a frame once for six sizes, each equal to the thumbnail of a single request', async (t) => {
  const useCases = await buildUseCases(t, decoder)
  const source = await useCases.putVideo(mp4, 'a.mp4')
  const items = [64, 96, 128, 160, 240, 320].map((width) => ({ timestamp: '3.3', width }))
  const { thumbnails, work } = await make(useCases, source, items)
  t.equal(useCases.runs.decode, 1)
  t.same(
    thumbnails.map((thumbnail) =>
      isPosterframeError(thumbnail) ? thumbnail : [thumbnail.width, thumbnail.timestamp, thumbnail.cached]
    ),
    items.map(({ width }) => [width, 3.28, false])
  )
  t.ok(work.packetsDecoded <= 24, `${work.packetsDecoded} packets`)
  t.same(
    useCases.store.calls.filter((call) => call === 'head videos/a.mp4'),
    []
  )
  const alone = await makeSingly(await buildUseCases(t, decoder), mp4, items)
  t.same(
    thumbnails.map((thumbnail) => readObject(useCases, thumbnail)),
    alone,
    'bit by bit'
  )
  t.same(await readdir(useCases.scratchRoot), [], 'scratch is empty')
})

t.test('decodes frames of several GOPs in one run', async (t) => {
  const useCases = await buildUseCases(t, decoder)
  const source = await useCases.putVideo(mp4, 'a.mp4')
  const items: RawThumbnailOptions[] = [
    { timestamp: '1.5' },
    { timestamp: '5', seek: 'keyframe' },
    { timestamp: '1.1' },
    { timestamp: 'first' },
    { timestamp: 'last', width: 100 },
    { timestamp: '7', seek: 'keyframe', width: 100 },
    { timestamp: '1.5', width: 64 }
  ]
  const { thumbnails } = await make(useCases, source, items)
  t.equal(useCases.runs.decode, 1)
  const alone = await makeSingly(await buildUseCases(t, decoder), mp4, items)
  t.same(
    thumbnails.map((thumbnail) => readObject(useCases, thumbnail)),
    alone
  )
})

t.test('reads less than single requests would', async (t) => {
  const items = Array.from({ length: 8 }, (_, second) => ({ timestamp: `${second}.9` }))
  const useCases = await buildUseCases(t, decoder)
  const { work } = await make(useCases, await useCases.putVideo(mp4, 'a.mp4'), items)
  t.equal(useCases.store.calls.filter((call) => call.startsWith('get videos')).length, work.requests)
  t.ok(work.requests <= 3, `${work.requests} requests`)
  t.ok(work.bytesRead <= 1.2 * useCases.store.objects.get('videos/a.mp4')!.bytes)
})

t.test('finds earlier thumbnails, makes equal items once, and keeps the error of an item to itself', async (t) => {
  const useCases = await buildUseCases(t, decoder)
  const source = await useCases.putVideo(mp4, 'a.mp4')
  await make(useCases, source, [{ timestamp: '2', width: 64 }])
  useCases.runs.decode = 0
  const bad = new PosterframeError('invalid_timestamp')
  const { thumbnails } = await make(useCases, source, [
    { timestamp: '2', width: 64 },
    bad,
    { timestamp: '99' },
    { timestamp: '3', width: 64 },
    { timestamp: '3', width: 64 },
    { timestamp: 'auto', width: 64 }
  ])
  t.match(thumbnails, [
    { cached: true },
    bad,
    { code: 'timestamp_out_of_range', members: { duration: 8 } },
    { cached: false, timestamp: 3 },
    { timestamp: 3 },
    { keyFrame: true }
  ])
  t.equal(useCases.runs.decode, 2, 'one to choose the frame of auto, one for all items')
  useCases.runs.decode = 0
  const again = await make(useCases, source, [
    { timestamp: '2', width: 64 },
    { timestamp: '3', width: 64 }
  ])
  t.same(again.work, { bytesRead: 0, requests: 1, packetsDecoded: 0 })
  t.equal(useCases.runs.decode, 0)
})

t.test('downloads a video without an index once for all frames', async (t) => {
  await ffmpeg(videos, '-i', 'a.mp4', '-c', 'copy', 'a.ts')
  const useCases = await buildUseCases(t, decoder)
  const source = await useCases.putVideo(`${videos}/a.ts`, 'a.ts')
  const { thumbnails } = await make(useCases, source, [
    { timestamp: '1' },
    { timestamp: '99' },
    { timestamp: '2', width: 64 }
  ])
  t.match(thumbnails, [
    { timestamp: 1, work: { mode: 'full' } },
    { code: 'timestamp_out_of_range' },
    { timestamp: 2, width: 64 }
  ])
  t.equal(useCases.runs.list, 2, 'of the video, and of a cut of it, since seeking lands before the key frame')
})

t.test('rejects only the items whose frames are corrupt', async (t) => {
  const useCases = await buildUseCases(t, decoder)
  const source = await useCases.putVideo(mp4, 'a.mp4')
  const { data } = useCases.store.objects.get('videos/a.mp4')!
  const mdat = data.indexOf('mdat')
  const bytes = Buffer.from(data)
  // Somewhere in the middle, in the slices of some pictures of one GOP.
  bytes.fill(0xa5, mdat + Math.floor((data.length - mdat) * 0.55), mdat + Math.floor((data.length - mdat) * 0.57))
  await useCases.store.put({ bucket: 'videos', key: 'a.mp4' }, bytes, { contentType: 'video/mp4', metadata: {} })
  const items = Array.from({ length: 16 }, (_, half) => ({ timestamp: `${half / 2 + 0.4}`, width: 64 }))
  const { thumbnails } = await make(useCases, source, items)
  const errors = thumbnails.filter((thumbnail) => isPosterframeError(thumbnail))
  t.ok(errors.length > 0 && errors.length < 4, `${errors.length} errors`)
  for (const error of errors) t.equal(error.code, 'corrupt_video')
  t.notOk(
    [...useCases.store.objects.keys()].some((key) => key.endsWith('.failed')),
    'no failure of the source is remembered'
  )
})

t.test('makes no more pixels than a request may have, however tall the video is', async (t) => {
  const store = new MemoryStore()
  const source = { kind: 'stored', bucket: 'videos', key: 'tall.mp4' } as const
  await store.put(source, await readFile(mp4), { contentType: 'video/mp4', metadata: {} })
  const picture = { data: Buffer.alloc(0), width: 4096, height: 16_384, channels: 3 } as const
  const taken = { timestampMicros: 0, isKey: true, source: SOURCE, warnings: [], packetsDecoded: 1, mode: 'ranged' }
  const frame = { ...taken, picture }
  const encoded: number[] = []
  const makeBatch = createMakeBatch({
    store,
    scratch: await createScratch({ root: t.testdir(), reserveBytes: 0 }),
    admission: createSemaphore({ slots: 1, queue: 1 }),
    slots: createSemaphore({ slots: 1, queue: 1 }),
    outputBucket: 'out',
    outputPrefix: 'thumbnails/',
    sourceBuckets: ['videos'],
    maxSourceBytes: 1e9,
    async extractFrames (_source, requests, _context, deliver) {
      for (const place of requests.keys()) await deliver(place, frame as ExtractedFrame)
    },
    async encodeImage ({ picture: { width, height } }) {
      encoded.push(width * height)
      return { data: Buffer.from('x'), width, height, contentType: 'image/jpeg', placeholder: '', warnings: [] }
    }
  })
  const items = ['1s', '2s', '3s', '4s'].map((timestamp) => completeOptions({ timestamp, width: 4096 }))
  const { batch } = await makeBatch({ source, items }, { signal })
  t.equal(encoded.length, 2)
  t.same(
    batch.thumbnails.map((thumbnail) => (isPosterframeError(thumbnail) ? thumbnail.code : thumbnail.height)),
    [16_384, 16_384, 'invalid_request', 'invalid_request']
  )
})
