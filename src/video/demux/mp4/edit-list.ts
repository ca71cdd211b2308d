import { PosterframeError } from '../../../errors.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** One entry of an edit list (ISO/IEC 14496-12, section 8.6.6). */
export interface Edit {
  /** Duration in ticks of the movie. */
  readonly durationTicks: number
  /** Start in the media, in ticks of the track; -1: an empty edit. */
  readonly mediaTicks: number
  /** Speed as a 16.16 fixed-point number; 65536 is normal speed. */
  readonly rate: number
}

/** The presented part of the media of a track, and its presentation time, in ticks of the track. */
export interface Presentation {
  /** Media times from here up to but not including `mediaEnd` are presented; without an edit list, all of them. */
  readonly mediaStart: number
  readonly mediaEnd: number
  /** Presentation time of `mediaStart`. */
  readonly delay: number
}

/** Without an edit list, media times are presentation times. */
export const UNEDITED: Presentation = { mediaStart: 0, mediaEnd: Infinity, delay: 0 }

const MAX_EDITS = 1000
/** ffmpeg rebuilds its index for each edit, so its cost grows with the square. No tool writes so many. */
const MAX_BEARABLE_EDITS = 20_000
const PLAIN_RATE = 0x10000

/**
 * Reads an `elst` box.
 *
 * @throws RangedExtractionError for more than 1,000 entries or times out of range; PosterframeError
 * `video_limits_exceeded` for more than 20,000 entries
 */
export function readEdits (body: Buffer): Edit[] {
  const isLong = body.readUInt8(0) === 1
  const entryBytes = isLong ? 20 : 12
  // All entries that the box holds, whatever its count says (libavformat/mov.c, `mov_read_elst`).
  const count = Math.floor((body.length - 8) / entryBytes)
  if (count > MAX_BEARABLE_EDITS) {
    throw new PosterframeError('video_limits_exceeded', {
      detail: 'The edit list of the video has more than 20,000 entries.'
    })
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
 * Returns the presentation of a plain edit list: none, or any number of empty edits followed by one at normal speed.
 * ffmpeg does not implement other lists as they are specified.
 *
 * @throws RangedExtractionError for any other list
 */
export function planPresentation (edits: readonly Edit[], timescale: number, movieTimescale: number): Presentation {
  if (edits.length === 0) return UNEDITED
  if (movieTimescale === 0) throw new RangedExtractionError('the movie has edits and no timescale')
  const shown = edits.at(-1)!
  const empty = edits.slice(0, -1)
  if (empty.some(({ mediaTicks }) => mediaTicks !== -1)) {
    throw new RangedExtractionError('the edit list has several edits')
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
 * Converts ticks of one clock to another, rounding to the nearest, halves up, as ffmpeg's `av_rescale` does for
 * numbers that are not negative.
 */
export function rescaleTicks (ticks: number, to: number, from: number): number {
  return Number((BigInt(ticks) * BigInt(to) + BigInt(from) / 2n) / BigInt(from))
}
