import { type Edit, NORMAL_RATE, rescaleTicks } from './edit-list.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** A part of the media that an edit presents, in ticks of the track. */
export interface EditPart {
  /** Presentation time at which it begins. */
  readonly start: number
  /** Media times from here up to but not including `mediaEnd` are presented; only one tick of a dwell. */
  readonly mediaStart: number
  readonly mediaEnd: number
}

/** The parts that an edit list presents, and the end of the last one. */
export interface EditedMedia {
  readonly parts: readonly EditPart[]
  readonly endTicks: number
}

/** Returns whether an edit list presents several parts of the media, or holds a frame (a dwell, with a rate of 0). */
export function isComposed (edits: readonly Edit[]): boolean {
  const shown = edits.filter(({ mediaTicks }) => mediaTicks >= 0)
  return shown.length > 1 || shown.some(({ rate }) => rate === 0)
}

/**
 * Reads an edit list as ISO/IEC 14496-12, section 8.6.6 defines it: edits follow each other; an edit with a rate of 0
 * holds the frame at its media time; while an empty edit lasts, the frame before it stays.
 *
 * @throws RangedExtractionError if an edit has another speed than 0 or 1, or no duration
 */
export function readEditedMedia (edits: readonly Edit[], timescale: number, movieTimescale: number): EditedMedia {
  if (movieTimescale === 0) throw new RangedExtractionError('the movie has edits and no timescale')
  const rescale = (ticks: number): number => rescaleTicks(ticks, timescale, movieTimescale)
  const parts: EditPart[] = []
  let movieTicks = 0
  for (const { durationTicks, mediaTicks, rate } of edits) {
    const start = rescale(movieTicks)
    movieTicks += durationTicks
    if (mediaTicks < 0) continue
    if (rate !== 0 && rate !== NORMAL_RATE) throw new RangedExtractionError('an edit changes the speed')
    if (durationTicks === 0) throw new RangedExtractionError('an edit has no duration')
    const length = rate === 0 ? 1 : Math.max(1, rescale(durationTicks))
    parts.push({ start, mediaStart: mediaTicks, mediaEnd: mediaTicks + length })
  }
  if (parts.length === 0) throw new RangedExtractionError('the edit list shows nothing')
  return { parts, endTicks: rescale(movieTicks) }
}
