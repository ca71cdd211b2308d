import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import type { Test } from 'tap'
import { isPosterframeError, type PosterframeError } from '../../../src/errors.ts'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { openDownloadedVideo } from '../../../src/video/extract/full-download.ts'
import { createExtractFramesFull } from '../../../src/video/extract/extract-frames-full.ts'
import type { FrameRequest } from '../../../src/video/extract/extract-frame.ts'
import type { Decoder } from '../../../src/video/decode/decoder.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'
import { makeExtractContext, makeFrameSource, ORIGINAL_SIZE } from '../../support/frame-source.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { H264, makeBarcodeVideo, readBarcode } from '../../support/videos.ts'

const decoder = await makeTestDecoder()
const videos = t.testdir()
const path = await makeBarcodeVideo(videos, 'stream.ts', {
  seconds: 8,
  framesPerSecond: 25,
  args: [...H264, '-g', '50', '-bf', '2']
})

/** Extracts the frames of timestamps, and counts the runs of the decoder. */
async function extract (t: Test, video: string, requests: ReadonlyArray<string | Partial<FrameRequest>>) {
  const runs = { list: 0, decode: 0 }
  const counted: Decoder = {
    ...decoder,
    list: (...args) => {
      runs.list++
      return decoder.list(...args)
    },
    decode: (...args) => {
      runs.decode++
      return decoder.decode(...args)
    },
    decodeBranches: (...args) => {
      runs.decode++
      return decoder.decodeBranches(...args)
    }
  }
  const settings = { decoder: counted, countThreads: () => 1, maxPixels: 36e6 }
  const source = makeFrameSource(video)
  const context = makeExtractContext(t.testdir())
  const { durationMicros } = await openDownloadedVideo(source, settings, context)
  const outcomes: Array<ExtractedFrame | PosterframeError> = []
  await createExtractFramesFull(settings)(
    source,
    requests.map((request) => ({
      ...ORIGINAL_SIZE,
      timestamp: parseTimestamp(typeof request === 'string' ? request : 'first'),
      seek: 'exact',
      beyond: 'error',
      ...(typeof request === 'string' ? {} : request)
    })),
    context,
    async (place, outcome) => {
      t.equal(outcomes[place], undefined, 'delivered once')
      outcomes[place] = outcome
    }
  )
  return { outcomes, runs, duration: durationMicros }
}

async function readNumber (outcome: ExtractedFrame | PosterframeError | undefined): Promise<number | string> {
  if (outcome === undefined || isPosterframeError(outcome)) return outcome?.code ?? 'nothing'
  const { data, width, height, channels } = outcome.picture
  const grey = await sharp(data, { raw: { width, height, channels } }).greyscale().raw().toBuffer()
  return readBarcode(grey, width, height)
}

t.test('decodes frames that are close to one another in one run, and lists the video once', async (t) => {
  const times = Array.from({ length: 20 }, (_, place) => place / 5)
  // Not in the order of time.
  const asked = [...times.slice(10), ...times.slice(0, 10)]
  const { outcomes, runs } = await extract(t, path, asked.map(String))
  t.same(await Promise.all(outcomes.map(readNumber)), asked.map((time) => Math.round(time * 25)))
  t.same(runs, { list: 1, decode: 1 })
  const packets = outcomes.map((outcome) => (isPosterframeError(outcome) ? NaN : outcome.packetsDecoded))
  t.ok(packets.reduce((sum, count) => sum + count) <= 100, 'every packet counts once')
})

t.test('starts another run rather than decode what lies between distant frames', async (t) => {
  const { outcomes, runs } = await extract(t, path, ['0', '0.2', '6.04', '6.08'])
  t.same(await Promise.all(outcomes.map(readNumber)), [0, 5, 151, 152])
  // Seeking in a transport stream lands before the key frame, so the second run is repeated on a cut of its packets.
  t.same(runs, { list: 2, decode: 3 })
})

t.test('decodes one frame once for several sizes', async (t) => {
  const timestamp = parseTimestamp('1')
  const sizes = [320, 160, 80].map((width) => ({ timestamp, width, height: undefined, fit: 'inside' }) as const)
  const { outcomes, runs } = await extract(t, path, sizes)
  t.match(outcomes, [{ picture: { width: 320 } }, { picture: { width: 160 } }, { picture: { width: 80 } }])
  t.equal(runs.decode, 1)
})

t.test('returns the key frames, and the error of a timestamp past the end', async (t) => {
  const { outcomes, duration } = await extract(t, path, [
    { timestamp: parseTimestamp('1.5'), seek: 'keyframe' },
    '100',
    { timestamp: parseTimestamp('2.5'), seek: 'keyframe' },
    'last'
  ])
  t.same(await Promise.all(outcomes.map(readNumber)), [0, 'timestamp_out_of_range', 50, 199])
  t.match(outcomes[1], { members: { duration: duration / 1e6 } })
})

t.test('a damaged frame takes no other with it', async (t) => {
  const bytes = await readFile(path)
  // In the second of four groups of pictures.
  bytes.fill(0x55, Math.round(bytes.length * 0.3), Math.round(bytes.length * 0.33))
  const damaged = join(videos, 'damaged.ts')
  await writeFile(damaged, bytes)
  const times = [0, 0.4, 0.8, 1.2, 1.6, 3.9, 4.4, 5]
  const { outcomes } = await extract(t, damaged, times.map(String))
  t.same(
    await Promise.all(outcomes.map(readNumber)),
    times.map((time) => (time === 3.9 ? 'corrupt_video' : Math.round(time * 25)))
  )
})
