import { existsSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import { openMp4 } from '../../../../src/video/demux/open-mp4.ts'
import { findEditedEnd } from '../../../../src/video/demux/mp4/presented-end.ts'
import { findMovie } from '../../../../src/video/demux/mp4/find-movie.ts'
import {
  chooseFrame,
  type FrameTime,
  listFrameTimes,
  PresentationClock
} from '../../../../src/video/extract/choose-frame.ts'
import { detectFileContainer } from '../../../../src/video/demux/sniff.ts'
import type { VideoIndex } from '../../../../src/video/demux/video-index.ts'
import { makeTestDecoder } from '../../../support/test-decoder.ts'
import { createCountingReader, type CountingReader } from '../../../support/counting-reader.ts'
import { ticksToMicros } from '../../../../src/video/media/time.ts'
import type { Listing } from '../../../../src/video/decode/decoder.ts'

/** A corpus of real and malformed videos, optionally beside the checkout. */
const CORPUS = '../shared/media'

interface Entry {
  readonly file: string
  readonly expectation: string
  readonly layout: string | null
  readonly codec: string | null
}

const entries = existsSync(join(CORPUS, 'manifest.json'))
  ? (JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as Entry[])
  : []
const skip = entries.length === 0 && `needs the corpus in ${CORPUS}`
const isBmff = ({ file }: Entry) => /\.(mp4|mov|m4a|3gp|heic)$/i.test(file)
const isFragmented = ({ layout }: Entry) => layout?.startsWith('fragmented') === true
t.setTimeout(600_000)

/** Videos without fragments, in a supported codec, that ranged extraction rejects, with the reason. */
const REJECTED: Readonly<Record<string, RegExp>> = {
  'media3-sample_edit_list_no_sync_frame_before_edit.mp4': /no sync sample precedes/,
  'media3-sample_with_fake_auxiliary_tracks.mp4': /same presentation time/,
  'mediabunny-annex-b.mp4': /truncated/,
  'syn-truncated-50-faststart.mp4': /truncated/
}

/**
 * Videos whose times ffmpeg lists wrong: it computes the shift of negative time offsets from all but the last two of
 * the table, and its muxer then replaces times by guesses. Its decoder outputs the right ones.
 */
const LISTED_WRONG = new Set(['media3-dolbyVision-hdr.MOV', 'media3-water_180_mvhevc_5frames.mov'])
/** Tolerated differences of durations: a still beside the shown video, and rounding of audio packets. */
const MAX_DURATION_ERROR_MICROS: Readonly<Record<string, number>> = {
  'media3-pixel-motion-photo-2-hevc-tracks.mp4': 33_400,
  'streamio-awesome_movie.mov': 200,
  'media3-sample_empty_track.mp4': 50
}

t.test('opens the videos of the corpus, except for the listed ones', { skip }, async (t) => {
  const codecs = new Set(['h264', 'hevc', 'vp8', 'vp9', 'av1'])
  for (const entry of entries) {
    if (!isBmff(entry) || isFragmented(entry) || entry.expectation !== 'ok' || !codecs.has(entry.codec ?? '')) continue
    // It plays, but its cost is quadratic in its edits.
    if (entry.file === 'bomb-elst-50000.mp4') continue
    const outcome = await openMp4(createCountingReader(join(CORPUS, entry.file))).catch((error: Error) => error)
    const reason = REJECTED[entry.file]
    if (reason === undefined) t.notOk(outcome instanceof Error && outcome, `${entry.file} opens`)
    else t.match(outcome, { name: 'RangedExtractionError', message: reason }, entry.file)
  }
})

t.test('rejects malformed files with a known error, after reading little', { skip }, async (t) => {
  for (const { file } of entries.filter(
    (entry) => isBmff(entry) && !isFragmented(entry) && /^(bomb|bad|syn)-/.test(entry.file)
  )) {
    const reader = createCountingReader(join(CORPUS, file))
    const outcome = await openMp4(reader).catch((error: Error) => error)
    const isTyped = !(outcome instanceof Error) || ['RangedExtractionError', 'PosterframeError'].includes(outcome.name)
    if (!isTyped) t.fail(`${file}: ${String(outcome.stack)}`)
    if (reader.bytesRead > 3 * reader.size + 4096) t.fail(`${file}: read ${reader.bytesRead} of ${reader.size} bytes`)
    if (!(outcome instanceof Error) && outcome.memoryBytes > reader.size + 65_536) {
      t.fail(`${file}: takes ${outcome.memoryBytes} bytes`)
    }
  }
  await t.rejects(openMp4(createCountingReader(join(CORPUS, 'bomb-elst-50000.mp4'))), { code: 'video_limits_exceeded' })
  await t.rejects(openMp4(createCountingReader(join(CORPUS, 'bomb-stsz-fixed-index-85m.mp4'))), {
    code: 'video_limits_exceeded'
  })
  await t.rejects(openMp4(createCountingReader(join(CORPUS, 'syn-dref-url-passwd.mp4'))), { code: 'unsupported_media' })
  await t.rejects(openMp4(createCountingReader(join(CORPUS, 'syn-dref-alis-passwd.mov'))), {
    code: 'unsupported_media'
  })
  await t.rejects(openMp4(createCountingReader(join(CORPUS, 'mp4parse-short-cenc.mp4'))), { code: 'encrypted_video' })
  await t.rejects(openMp4(createCountingReader(join(CORPUS, 'syn-audio-cover.m4a'))), { code: 'no_video_track' })
})

t.test('finds the frames that ffmpeg lists', { skip }, async (t) => {
  const ffmpeg = await makeTestDecoder()
  const context = { signal: new AbortController().signal, directory: t.testdir() }
  const queue = entries.filter((entry) => isBmff(entry) && !isFragmented(entry) && entry.expectation === 'ok')
  const work = async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      const path = resolve(CORPUS, entry.file)
      const reader = createCountingReader(path)
      const index = await openMp4(reader).catch(() => undefined)
      if (index === undefined) continue
      const input = {
        path,
        container: await detectFileContainer(path),
        isProbed: true,
        threads: 1,
        maxPixels: 36e6,
        bytes: (await stat(path)).size
      }
      const listing = await ffmpeg.list(input, context)
      const listed = LISTED_WRONG.has(entry.file)
        ? await ffmpeg.inspect(input, context)
        : listFrameTimes(listing.chosen.packets)!
      t.equal(
        await compareFrames(index, reader, listed, new PresentationClock(listing.chosen.timeBase, 0)),
        undefined,
        entry.file
      )
      const { movie } = await findMovie(reader)
      const difference = Math.abs(
        (index.info.durationMicros ?? NaN) - Math.min(findListedEnd(listing), findEditedEnd(movie))
      )
      t.ok(
        difference <= (MAX_DURATION_ERROR_MICROS[entry.file] ?? 0),
        `the duration of ${entry.file} differs from the listed one, with edits applied, by ${difference} us`
      )
    }
  }
  await Promise.all([work(), work()])
})

function findListedEnd ({ tracks }: Listing): number {
  return Math.max(
    ...tracks.flatMap(({ span, timeBase }) => (span === undefined ? [] : [ticksToMicros(span.end, timeBase)]))
  )
}

/**
 * Requests some 20 frames at, just before and just after their times, and returns the first difference. A
 * `RangedExtractionError` is not one.
 */
async function compareFrames (
  index: VideoIndex,
  reader: CountingReader,
  frames: readonly FrameTime[],
  clock: PresentationClock
): Promise<string | undefined> {
  const indexes = new Set([
    0,
    1,
    frames.length - 2,
    frames.length - 1,
    ...Array.from({ length: 16 }, (_, part) => Math.floor((part * frames.length) / 16))
  ])
  const times = [...indexes].flatMap((index) => {
    const frame = frames[index]
    return frame === undefined ? [] : [-2, 0, 7000].map((micros) => Math.max(0, clock.toMicros(frame.pts) + micros))
  })
  for (const atMicros of [...times, Number.MAX_SAFE_INTEGER]) {
    for (const seek of ['exact', 'keyframe'] as const) {
      const wanted = chooseFrame(frames, atMicros, seek, clock)
      const range = await index.readPacketRange(reader, atMicros, seek).catch((error: Error) => error)
      if (range instanceof Error) {
        if (range.name !== 'RangedExtractionError') return String(range.stack)
        continue
      }
      const micros = ticksToMicros(range.targetPts, { numerator: 1, denominator: index.info.timescale })
      if (micros !== clock.toMicros(wanted.pts) || range.isKey !== wanted.isKey) {
        return `${seek} at ${atMicros}: ${range.targetPts}, not ${wanted.pts}`
      }
    }
  }
  return undefined
}
