import { join } from 'node:path'
import t from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { openMp4 } from '../../../src/video/demux/open-mp4.ts'
import { createExtractFramesRanged } from '../../../src/video/extract/extract-frames-ranged.ts'
import { createIndexCache } from '../../../src/video/extract/index-cache.ts'
import { makeExtractContext, makeFrameSource, ORIGINAL_SIZE } from '../../support/frame-source.ts'
import { readFirstEdit, replaceEdits } from '../../support/replace-edits.ts'
import {
  extractFrom,
  extractFullWith,
  extractRangedWith,
  makeTwoDecoders,
  readFrameNumber
} from '../../support/two-decoders.ts'
import { H264, makeBarcodeVideo } from '../../support/videos.ts'

t.setTimeout(240_000)
const videos = t.testdir()
const decoders = await makeTwoDecoders()
const TIMESCALE = 25_000

interface Part {
  /** Start in the media in seconds; -1 for an empty edit. */
  readonly at: number
  readonly seconds: number
  /** True to hold the frame. */
  readonly isDwell?: boolean
}

/** Edits, and the numbers of the frames that are shown at some times. */
const CASES: ReadonlyArray<readonly [name: string, parts: readonly Part[], shown: Readonly<Record<string, number>>]> = [
  [
    'the second in mid-GOP',
    [{ at: 0, seconds: 1 }, { at: 3, seconds: 1 }],
    { 0: 0, 0.96: 24, 0.99: 24, 1: 75, 1.5: 87, 1.96: 99 }
  ],
  [
    'the second before the first',
    [{ at: 2.6, seconds: 1 }, { at: 0.4, seconds: 1 }],
    { 0: 65, 0.96: 89, 1: 10, 1.96: 34 }
  ],
  [
    'a held frame',
    [{ at: 0.4, seconds: 0.6 }, { at: 2.48, seconds: 2, isDwell: true }, { at: 3, seconds: 0.4 }],
    { 0.56: 24, 0.6: 62, 1.5: 62, 2.59: 62, 2.6: 75, 2.96: 84 }
  ],
  [
    'an empty one between, and one that begins between two frames',
    [{ at: 0, seconds: 1 }, { at: -1, seconds: 1 }, { at: 1.05, seconds: 1 }],
    { 0.98: 24, 1.5: 24, 2: 26, 2.035: 27, 2.5: 38 }
  ]
]

const CODECS: ReadonlyArray<readonly [name: string, args: readonly string[], isRemuxed: boolean]> = [
  ['h264-b', H264, true],
  ['mpeg4-b', ['-c:v', 'mpeg4', '-bf', '2', '-q:v', '3'], false]
]

for (const [codec, args, isRemuxed] of CODECS) {
  for (const [place, [name, parts, shown]] of CASES.entries()) {
    const path = await makeBarcodeVideo(videos, `${codec}-${place}.mp4`, {
      seconds: 4,
      framesPerSecond: 25,
      args: [...args, '-g', '50', '-sc_threshold', '0', '-video_track_timescale', String(TIMESCALE)]
    })
    const origin = await readFirstEdit(path)
    await replaceEdits(
      path,
      parts.map(({ at, seconds, isDwell = false }) => ({
        duration: seconds * 1000,
        mediaTime: at === -1 ? -1 : Math.round(origin + at * TIMESCALE),
        rate: isDwell ? 0 : 0x10000
      }))
    )
    const duration = parts.reduce((sum, { seconds }) => sum + seconds, 0)
    for (const { name: decoderName, decoder, skip } of decoders) {
      for (const extract of isRemuxed ? [extractRangedWith, extractFullWith] : [extractFullWith]) {
        t.test(`composes edits, ${name}: ${codec}, ${extract.name}, ${decoderName}`, { skip }, async (t) => {
          const moments = Object.entries(shown)
          for (const [time, number] of extract === extractFullWith ? moments.slice(-3) : moments) {
            const frame = await extractFrom(t, path, time, extract(decoder))
            t.equal(await readFrameNumber(frame), number, time)
            t.ok(frame.timestampMicros <= Number(time) * 1e6, `${frame.timestampMicros} µs`)
            t.ok(Math.abs(frame.source.duration! - duration) < 1e-3)
            if (extract === extractFullWith) continue
            const again = await extractFrom(t, path, String(frame.timestampMicros / 1e6), extract(decoder))
            t.equal(await readFrameNumber(again), number, 'its time gives it again')
          }
        })
      }
    }
  }
}

const path = join(videos, 'h264-b-0.mp4')
for (const { name, decoder, skip } of decoders) {
  t.test(`finds key frames that edits show: ${name}`, { skip }, async (t) => {
    for (const extract of [extractRangedWith(decoder), extractFullWith(decoder)]) {
      const key = await extractFrom(t, path, '1.5', extract, { seek: 'keyframe' })
      t.equal(await readFrameNumber(key), 0, 'the key frame of the second GOP is not shown')
      t.equal(key.timestampMicros, 0)
      const auto = await extractFrom(t, path, 'auto', extract, { seek: 'keyframe' })
      t.equal(await readFrameNumber(auto), 0)
    }
  })

  t.test(`decodes frames of several edits together: ${name}`, { skip }, async (t) => {
    const settings = { decoder, countThreads: () => 1, maxPixels: 36e6 }
    const together = createExtractFramesRanged({
      ...settings,
      indexes: createIndexCache({ maxBytes: 1e6 }),
      openIndex: openMp4
    })
    const times = ['0.5', '1.5', '0.96', '1.1']
    const requests = times.map((time) => ({
      timestamp: parseTimestamp(time),
      ...ORIGINAL_SIZE,
      seek: 'exact' as const,
      beyond: 'error' as const
    }))
    const numbers: Record<string, number> = {}
    const context = makeExtractContext(t.testdir())
    const left = await together(makeFrameSource(path), requests, context, async (place, frame) => {
      if ('picture' in frame) numbers[times[place]!] = await readFrameNumber(frame)
    })
    for (const place of left) delete numbers[times[place]!]
    t.match({ 0.5: 12, 1.5: 87, 0.96: 24, 1.1: 77 }, numbers)
    t.ok(Object.keys(numbers).length >= 2, 'at least those of one group of pictures')
  })
}
