import { PosterframeError } from '../../../errors.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** One entry of an edit list (ISO/IEC 14496-12, section 8.6.6). */
export interface Edit {
  /** In ticks of the movie. */
  readonly durationTicks: number
  /** Where in the media it begins, in ticks of the track; -1 shows nothing. */
  readonly mediaTicks: number
  /** Speed, a fixed-point number; 65536 plays as recorded. */
  readonly rate: number
}

/** Which part of a track's media is presented, and when; in ticks of the track. */
export interface Presentation {
  /** Media times from here up to but not including `mediaEnd` are shown; without an edit list, all. */
  readonly mediaStart: number
  readonly mediaEnd: number
  /** When the media is shown that lies at `mediaStart`. */
  readonly delay: number
}

/** Without an edit list, the media's clock is the presentation's. */
export const UNEDITED: Presentation = { mediaStart: 0, mediaEnd: Infinity, delay: 0 }

const MAX_EDITS = 1000
/** ffmpeg rebuilds its index for each of them, so that the cost grows with the square. No tool writes so many. */
const MAX_BEARABLE_EDITS = 20_000
const PLAIN_RATE = 0x10000

/**
 * Reads an `elst` box.
 *
 * @throws RangedExtractionError where it has more than 1,000 entries or numbers that are no times; PosterframeError
 * `video_limits_exceeded` where it has more than 20,000
 */
export function readEdits (body: Buffer): Edit[] {
  const isLong = body.readUInt8(0) === 1
  const entryBytes = isLong ? 20 : 12
  // As many as there are, whatever their count says (libavformat/mov.c, `mov_read_elst`).
  const count = Math.floor((body.length - 8) / entryBytes)
  if (count > MAX_BEARABLE_EDITS) {
    throw new PosterframeError('video_limits_exceeded', { detail: 'The video has more edits than are followed here.' })
  }
  if (count > MAX_EDITS) throw new RangedExtractionError('the edit list is too long')
  return Array.from({ length: count }, (_, place) => {
    const at = 8 + place * entryBytes
    if (!isLong) {
      return {
        durationTicks: body.readUInt32BE(at),
        mediaTicks: body.readInt32BE(at + 4),
        rate: body.readInt32BE(at + 8)
      }
    }
    return {
      durationTicks: readSafe(body.readBigUInt64BE(at)),
      mediaTicks: readSafe(body.readBigInt64BE(at + 8)),
      rate: body.readInt32BE(at + 16)
    }
  })
}

function readSafe (ticks: bigint): number {
  if (ticks > BigInt(Number.MAX_SAFE_INTEGER) || ticks < -1n) {
    throw new RangedExtractionError('an edit has a time out of range')
  }
  return Number(ticks)
}

/**
 * What a plain edit list says: none, or any number of empty edits and then one at normal speed. ffmpeg turns other
 * lists into something that is not what they say.
 *
 * @throws RangedExtractionError where it is not plain
 */
export function planPresentation (edits: readonly Edit[], timescale: number, movieTimescale: number): Presentation {
  if (edits.length === 0) return UNEDITED
  if (movieTimescale === 0) throw new RangedExtractionError('the movie has edits and no timescale')
  const shown = edits.at(-1)!
  const empty = edits.slice(0, -1)
  if (empty.some(({ mediaTicks }) => mediaTicks !== -1)) {
    throw new RangedExtractionError('the video is put together from several edits')
  }
  if (shown.mediaTicks < 0) throw new RangedExtractionError('the edit list shows nothing')
  if (shown.rate !== PLAIN_RATE) throw new RangedExtractionError('an edit changes the speed')
  if (shown.durationTicks === 0) throw new RangedExtractionError('an edit has no end')
  return {
    mediaStart: shown.mediaTicks,
    mediaEnd: shown.mediaTicks + rescaleTicks(shown.durationTicks, timescale, movieTimescale),
    delay: empty.reduce((sum, { durationTicks }) => sum + rescaleTicks(durationTicks, timescale, movieTimescale), 0)
  }
}

/**
 * Ticks of one clock in those of another, to the nearest, halves up: as ffmpeg's `av_rescale` does for what is not
 * negative.
 */
export function rescaleTicks (ticks: number, to: number, from: number): number {
  return Number((BigInt(ticks) * BigInt(to) + BigInt(from) / 2n) / BigInt(from))
}
