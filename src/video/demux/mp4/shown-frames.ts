import type { Presentation } from './edit-list.ts'
import type { SampleTable } from './sample-table.ts'
import { findShownRange, type ShownRange } from './shown-range.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Frames of 18 hours at 30 a second, whose times take 16 MB. */
const MAX_LISTED = 2_000_000
/** Limit of the samples that one search considers: in a real video, frames are less out of order than that. */
const MAX_STEPS = 20_000

/**
 * Finds frames of a track by presentation time, in ticks of the media. Samples are stored in decode order, which
 * differs from that of presentation by no more than the bounds of their time offsets, so each search starts at a
 * decode time and looks no further around it than these bounds allow.
 */
export class ShownFrames {
  readonly #table: SampleTable
  readonly #range: ShownRange
  #times: Float64Array | undefined

  /** @throws RangedExtractionError if the edit has no sync sample to begin with, or shows nothing */
  constructor (table: SampleTable, presentation: Presentation) {
    this.#table = table
    this.#range = findShownRange(table, presentation)
  }

  /** The media time that is presented at the start of the edit. */
  get origin (): number {
    return this.#range.origin
  }

  /** Returns whether a sample is shown, rather than only needed to decode others. */
  isShown (sample: number): boolean {
    const { first, last, start, end } = this.#range
    if (sample < first || sample > last) return false
    const pts = this.#table.ptsOf(sample)
    return pts >= start && pts < end
  }

  /** Memory of the list of times, in bytes; 0 until it is needed. */
  get memoryBytes (): number {
    return this.#times?.byteLength ?? 0
  }

  /**
   * The times of all frames that are shown, in ascending order.
   *
   * @throws RangedExtractionError if there are too many, two have the same time, or samples without data repeat frames
   */
  get times (): Float64Array {
    this.#times ??= this.#listTimes()
    return this.#times
  }

  /** Returns the last sample shown at or before a time, or the first one if there is none. */
  findAt (limit: number): number {
    return this.#findLastBy(limit) ?? this.#findFirst()
  }

  /** Returns the last sync sample shown by a time, or the first one if there is none; undefined if none is shown. */
  findSyncAt (limit: number): number | undefined {
    const { sync, times, minOffset, maxOffset } = this.#table
    const { last, end } = this.#range
    const bound = Math.min(limit, end - 1)
    let best: { sample: number, pts: number } | undefined
    const from = sync.findRank(Math.min(last, times.findLastAt(bound - minOffset)))
    for (let rank = from, steps = 0; rank >= 0; rank--) {
      assertSteps(++steps)
      const sample = sync.sampleAt(rank)
      if (best !== undefined && times.timeOf(sample) + maxOffset <= best.pts) break
      const pts = this.#table.ptsOf(sample)
      if (pts <= bound && this.isShown(sample) && (best === undefined || pts > best.pts)) best = { sample, pts }
      if (sample < this.#range.first) break
    }
    const [firstRank] = this.shownSync
    return best?.sample ?? (firstRank === undefined ? undefined : sync.sampleAt(firstRank))
  }

  /** The first and the last rank of the sync samples that are shown; empty if none is. */
  get shownSync (): number[] {
    const { sync } = this.#table
    const { first, last } = this.#range
    let low = Math.max(0, sync.findRank(first - 1) + 1)
    let high = sync.findRank(last)
    for (let steps = 0; low <= high && !this.isShown(sync.sampleAt(low)); low++) assertSteps(++steps)
    for (let steps = 0; high >= low && !this.isShown(sync.sampleAt(high)); high--) assertSteps(++steps)
    return low <= high ? [low, high] : []
  }

  /**
   * Returns the sample that decoding of another one starts at: the last sync sample up to it in decode order that is
   * not shown after it. A frame that is shown before the preceding sync sample (a leading picture of an open GOP)
   * needs the one before that.
   */
  findStart (sample: number): number {
    return this.findStartBefore(sample + 1, this.#table.ptsOf(sample))
  }

  /** Returns the last sync sample before another sample in decode order that is shown by `pts`. */
  findStartBefore (sample: number, pts: number): number {
    const { sync } = this.#table
    for (let rank = sync.findRank(sample - 1), steps = 0; rank >= 0; rank--) {
      assertSteps(++steps)
      const start = sync.sampleAt(rank)
      if (this.#table.ptsOf(start) <= pts) return start
    }
    throw new RangedExtractionError('no sync sample precedes the frame')
  }

  #listTimes (): Float64Array {
    const { first, last } = this.#range
    if (last - first >= MAX_LISTED) throw new RangedExtractionError('there are too many frames to count')
    const times = new Float64Array(last - first + 1)
    let count = 0
    for (let sample = first; sample <= last; sample++) {
      if (this.#table.isEmpty(sample)) throw new RangedExtractionError('a sample has no data')
      if (this.isShown(sample)) times[count++] = this.#table.ptsOf(sample)
    }
    return sortFrameTimes(times.subarray(0, count))
  }

  #findLastBy (limit: number): number | undefined {
    const { times, minOffset, maxOffset } = this.#table
    const { first, last, end } = this.#range
    const bound = Math.min(limit, end - 1)
    let best: { sample: number, pts: number } | undefined
    const from = Math.min(last, bound === Infinity ? last : times.findLastAt(bound - minOffset))
    for (let sample = from, steps = 0; sample >= first; sample--) {
      assertSteps(++steps)
      if (best !== undefined && times.timeOf(sample) + maxOffset < best.pts) break
      const pts = this.#table.ptsOf(sample)
      if (pts > bound || !this.isShown(sample)) continue
      if (pts === best?.pts) throw new RangedExtractionError('two frames have the same presentation time')
      if (best === undefined || pts > best.pts) best = { sample, pts }
    }
    return best?.sample
  }

  #findFirst (): number {
    const { times, minOffset, maxOffset } = this.#table
    const { first, last, start } = this.#range
    let best: { sample: number, pts: number } | undefined
    const from = Math.max(first, start === -Infinity ? first : times.findLastAt(start - maxOffset - 1) + 1)
    for (let sample = from, steps = 0; sample <= last; sample++) {
      assertSteps(++steps)
      if (best !== undefined && times.timeOf(sample) + minOffset > best.pts) break
      const pts = this.#table.ptsOf(sample)
      if (!this.isShown(sample)) continue
      if (pts === best?.pts) throw new RangedExtractionError('two frames have the same presentation time')
      if (best === undefined || pts < best.pts) best = { sample, pts }
    }
    if (best === undefined) throw new RangedExtractionError('no frame is shown')
    return best.sample
  }
}

/**
 * Sorts the times of frames in place.
 *
 * @throws RangedExtractionError if two are equal
 */
export function sortFrameTimes (times: Float64Array): Float64Array {
  times.sort()
  for (let place = 1; place < times.length; place++) {
    if (times[place] === times[place - 1]) {
      throw new RangedExtractionError('two frames have the same presentation time')
    }
  }
  return times
}

function assertSteps (steps: number): void {
  if (steps > MAX_STEPS) throw new RangedExtractionError('the frames are too far out of order')
}
