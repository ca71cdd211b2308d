import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { createComposedService } from '../../support/composed-service.ts'
import { ffmpeg, H264, makeBarcodeVideo, readBarcode } from '../../support/videos.ts'
import { completePreviewOptions, type RawPreviewOptions } from '../../../src/options/preview-options.ts'

t.setTimeout(240_000)
const FRAMES_PER_SECOND = 25
const directory = await mkdtemp(join(tmpdir(), 'pf-preview-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const clock = await makeBarcodeVideo(directory, 'clock.mp4', {
  seconds: 20,
  framesPerSecond: FRAMES_PER_SECOND,
  args: [...H264, '-crf', '12', '-movflags', '+faststart']
})
await ffmpeg(
  directory,
  '-f',
  'lavfi',
  '-i',
  'color=black:s=320x192:d=8:r=25',
  '-f',
  'lavfi',
  '-i',
  'testsrc2=s=320x192:d=8:r=25',
  '-filter_complex',
  '[0][1][0]concat=n=3',
  ...H264,
  'dark.mp4'
)
await makeBarcodeVideo(directory, 'clock.avi', {
  seconds: 6,
  framesPerSecond: FRAMES_PER_SECOND,
  args: ['-c:v', 'mpeg4', '-q:v', '2']
})

await makeBarcodeVideo(directory, 'one-key.mp4', {
  seconds: 12,
  framesPerSecond: FRAMES_PER_SECOND,
  args: [...H264, '-g', '9999', '-sc_threshold', '0']
})

const service = await createComposedService(t, {
  'one-key.mp4': `${directory}/one-key.mp4`,
  'clock.mp4': clock,
  'dark.mp4': `${directory}/dark.mp4`,
  'clock.avi': `${directory}/clock.avi`
})
const make = async (key: string, options: RawPreviewOptions) =>
  await service.makePreview(
    { source: { kind: 'stored', bucket: 'videos', key }, options: completePreviewOptions(options) },
    { signal: AbortSignal.timeout(120_000) }
  )

/** Reads the numbers in the frames of a preview. */
async function readNumbers (bytes: Buffer): Promise<number[]> {
  const { pages = 1 } = await sharp(bytes, { animated: true }).metadata()
  return await Promise.all(
    Array.from({ length: pages }, async (_, page) => {
      const { data, info } = await sharp(bytes, { page, pages: 1 })
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true })
      return readBarcode(data, info.width, info.height)
    })
  )
}

for (const key of ['clock.mp4', 'clock.avi']) {
  t.test(`shows the frames of a span, and finds the preview again: ${key}`, async (t) => {
    const { preview } = await make(key, { kind: 'span', start: 2, duration: 3, framesPerSecond: 5, quality: 90 })
    t.match(preview, {
      contentType: 'image/webp',
      width: 320,
      height: 192,
      frames: 15,
      framesPerSecond: 5,
      moments: [2],
      cached: false,
      warnings: []
    })
    const bytes = await readFile(service.pathOf(preview))
    t.equal(bytes.length, preview.bytes)
    t.match(await sharp(bytes, { animated: true }).metadata(), {
      format: 'webp',
      pages: 15,
      loop: 0,
      delay: Array(15).fill(200)
    })
    t.same(
      await readNumbers(bytes),
      Array.from({ length: 15 }, (_, frame) => 50 + frame * 5)
    )
    const again = await make(key, { kind: 'span', start: 2, duration: 3, framesPerSecond: 5, quality: 90 })
    const { work, cached, url, expiresAt, ...info } = preview
    t.match(again.preview, { ...info, cached: true, work: { mode: 'cached', packetsDecoded: 0 } })
  })
}

t.test('does not choose dark seconds as the best', async (t) => {
  const { preview } = await make('dark.mp4', { kind: 'best', duration: 3 })
  t.equal(preview.moments.length, 3)
  t.ok(
    preview.moments.every((moment) => moment >= 7.9 && moment < 16),
    preview.moments.join(', ')
  )
})

t.test('shows several parts of a video with one key frame', async (t) => {
  const { preview } = await make('one-key.mp4', { kind: 'best', duration: 3, framesPerSecond: 4 })
  t.match(preview, { frames: 12, moments: { length: 3 } })
})

t.test('shortens a span at the end, and rejects a span after it', async (t) => {
  t.equal((await make('clock.mp4', { kind: 'span', start: 19, duration: 3, framesPerSecond: 5 })).preview.frames, 5)
  await t.rejects(make('clock.mp4', { kind: 'span', start: 20 }), {
    code: 'timestamp_out_of_range',
    detail: "'start' is 20 s, and the video ends at 20 s. Use a 'start' before the end.",
    members: { duration: 20 }
  })
})

t.test('lowers the quality to stay within maxBytes, and rejects a preview that cannot', async (t) => {
  const { preview } = await make('clock.mp4', { kind: 'span', duration: 3, quality: 95, maxBytes: 60_000 })
  t.ok(preview.bytes <= 60_000 && preview.quality < 95, `${preview.bytes} bytes at ${preview.quality}`)
  await t.rejects(make('clock.mp4', { kind: 'span', duration: 10, framesPerSecond: 12, maxBytes: 16_384 }), {
    code: 'invalid_request',
    detail: /exceeds 16,384 bytes at every quality/,
    members: { parameter: 'maxBytes' }
  })
  t.equal(
    (await make('clock.mp4', { kind: 'span', duration: 3 })).preview.cached,
    false,
    'the failure of another preview is not remembered'
  )
})
