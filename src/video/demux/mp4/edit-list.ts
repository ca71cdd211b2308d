import { PosterframeError } from '../../../errors.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** An entry of an edit list (ISO/IEC 14496-12, section 8.6.6). */
export interface Edit {
  /** In ticks of the movie. */
  readonly durationTicks: number
  /** Start in the media, in ticks of the track; -1 for an empty edit. */
  readonly mediaTicks: number
  /** Speed, as a fixed-point number; `NORMAL_RATE` plays as recorded. */
  readonly rate: number
}

/** The part of a track's media that is presented, and its delay; in ticks of the track. */
export interface Presentation {
  /** Media times from here up to but not including `mediaEnd` are shown; without an edit list, all are. */
  readonly mediaStart: number
  readonly mediaEnd: number
  /** Presentation time of the media at `mediaStart`. */
  readonly delay: number
}

/** The presentation without an edit list, whose clock is that of the media. */
export const UNEDITED: Presentation = { mediaStart: 0, mediaEnd: Infinity, delay: 0 }

/** The rate of an edit at normal speed, a 16.16 fixed-point number. */
export const NORMAL_RATE = 0x10000

const MAX_EDITS = 1000
/** Limit of the full download: ffmpeg rebuilds its index for each edit, so the cost is quadratic. */
const MAX_FFMPEG_EDITS = 20_000

/**
 * Reads an `elst` box.
 *
 * @throws RangedExtractionError if it has more than 1,000 entries or times out of range; PosterframeError
 * `video_limits_exceeded` if it has more than 20,000
 */
export function readEdits (body: Buffer): Edit[] {
  const isLong = body.readUInt8(0) === 1
  const entryBytes = isLong ? 20 : 12
  // All entries in the box, regardless of the declared count (libavformat/mov.c, `mov_read_elst`).
  const count = Math.floor((body.length - 8) / entryBytes)
  if (count > MAX_FFMPEG_EDITS) {
    throw new PosterframeError('video_limits_exceeded', {
      detail:
        `The video has an edit list of ${count} entries; at most ${MAX_FFMPEG_EDITS} are supported. ` +
        'Re-encode the video without edits.'
    })
  }
  if (count > MAX_EDITS) throw new RangedExtractionError('the edit list is too long')
  return Array.from({ length: count }, (_, index) => {
    const at = 8 + index * entryBytes
    if (!isLong) {
      return {
        durationTicks: body.readUInt32BE(at),
        mediaTicks: body.readInt32BE(at + 4),
        rate: body.readInt32BE(at + 8)
      }
    }
    return {
      durationTicks: toSafeNumber(body.readBigUInt64BE(at)),
      mediaTicks: toSafeNumber(body.readBigInt64BE(at + 8)),
      rate: body.readInt32BE(at + 16)
    }
  })
}

function toSafeNumber (ticks: bigint): number {
  if (ticks > BigInt(Number.MAX_SAFE_INTEGER) || ticks < -1n) {
    throw new RangedExtractionError('an edit has a time out of range')
  }
  return Number(ticks)
}

/**
 * Returns the presentation of a simple edit list: an empty list, or any number of empty edits and then one at normal
 * speed. ffmpeg presents other lists differently from what they say.
 *
 * @throws RangedExtractionError for any other list
 */
export function readPresentation (edits: readonly Edit[], timescale: number, movieTimescale: number): Presentation {
  if (edits.length === 0) return UNEDITED
  if (movieTimescale === 0) throw new RangedExtractionError('the movie has edits and no timescale')
  const shown = edits.at(-1)!
  const empty = edits.slice(0, -1)
  if (empty.some(({ mediaTicks }) => mediaTicks !== -1)) {
    throw new RangedExtractionError('the edit list joins several parts of the media')
  }
  if (shown.mediaTicks < 0) throw new RangedExtractionError('the edit list shows nothing')
  if (shown.rate !== NORMAL_RATE) throw new RangedExtractionError('an edit changes the speed')
  if (shown.durationTicks === 0) throw new RangedExtractionError('an edit has no duration')
  return {
    mediaStart: shown.mediaTicks,
    mediaEnd: shown.mediaTicks + rescaleTicks(shown.durationTicks, timescale, movieTimescale),
    delay: empty.reduce((sum, { durationTicks }) => sum + rescaleTicks(durationTicks, timescale, movieTimescale), 0)
  }
}

/**
 * Converts ticks of one clock to those of another, rounding to the nearest and halves up: as `av_rescale` of ffmpeg
 * does for numbers that are not negative.
 */
export function rescaleTicks (ticks: number, to: number, from: number): number {
  return Number((BigInt(ticks) * BigInt(to) + BigInt(from) / 2n) / BigInt(from))
}
