import type { Presentation } from './edit-list.ts'
import type { SampleTable } from './sample-table.ts'
import { findShownRange, type ShownRange } from './shown-range.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Frames are at most so far out of order that a search looks at this many; past it something is odd. */
const MAX_LOOKS = 20_000

/**
 * Finds frames of a track by when they are shown, all times being presentation times in ticks of the media. Samples
 * lie in decode order, which differs from that of presentation by no more than the bounds of their time offsets: so
 * each search begins where decode time says, and looks around no further than they allow.
 */
export class ShownFrames {
  readonly #table: SampleTable
  readonly #range: ShownRange

  /** @throws RangedExtractionError where the edit is not plain */
  constructor (table: SampleTable, presentation: Presentation) {
    this.#table = table
    this.#range = findShownRange(table, presentation)
  }

  /** The media time that is presented where the edit begins. */
  get origin (): number {
    return this.#range.origin
  }

  /** Whether a sample is shown, and not only needed to decode others. */
  isShown (sample: number): boolean {
    const { first, last, start, end } = this.#range
    if (sample < first || sample > last) return false
    const pts = this.#table.ptsOf(sample)
    return pts >= start && pts < end
  }

  /** The sample shown at a time: the last one with a time at or before it; before the first one, that one. */
  findAt (limit: number): number {
    return this.#findLastBy(limit) ?? this.#findFirst()
  }

  /** The sync sample shown last by a time; before the first one, that one; undefined where none is shown. */
  findSyncAt (limit: number): number | undefined {
    const { sync, times, minOffset, maxOffset } = this.#table
    const { last, end } = this.#range
    const bound = Math.min(limit, end - 1)
    let best: { sample: number, pts: number } | undefined
    const from = sync.findRank(Math.min(last, times.findLastAt(bound - minOffset)))
    for (let rank = from, looks = 0; rank >= 0; rank--) {
      countLook(++looks)
      const sample = sync.sampleAt(rank)
      if (best !== undefined && times.timeOf(sample) + maxOffset <= best.pts) break
      const pts = this.#table.ptsOf(sample)
      if (pts <= bound && this.isShown(sample) && (best === undefined || pts > best.pts)) best = { sample, pts }
      if (sample < this.#range.first) break
    }
    const [firstRank] = this.shownSync
    return best?.sample ?? (firstRank === undefined ? undefined : sync.sampleAt(firstRank))
  }

  /** The first and the last rank of sync samples that are shown; empty where none is. */
  get shownSync (): number[] {
    const { sync } = this.#table
    const { first, last } = this.#range
    let low = Math.max(0, sync.findRank(first - 1) + 1)
    let high = sync.findRank(last)
    for (let looks = 0; low <= high && !this.isShown(sync.sampleAt(low)); low++) countLook(++looks)
    for (let looks = 0; high >= low && !this.isShown(sync.sampleAt(high)); high--) countLook(++looks)
    return low <= high ? [low, high] : []
  }

  /**
   * Where decoding begins for a sample: the last sync sample up to it in decode order that is not shown after it.
   * What is shown before the sync sample that precedes it in the file (a leading picture of an open GOP) needs the
   * one before.
   */
  findStart (sample: number): number {
    return this.findStartBefore(sample + 1, this.#table.ptsOf(sample))
  }

  /** The last sync sample before another sample in decode order that is shown by `pts`. */
  findStartBefore (sample: number, pts: number): number {
    const { sync } = this.#table
    for (let rank = sync.findRank(sample - 1), looks = 0; rank >= 0; rank--) {
      countLook(++looks)
      const start = sync.sampleAt(rank)
      if (this.#table.ptsOf(start) <= pts) return start
    }
    throw new RangedExtractionError('no sync sample precedes the frame')
  }

  #findLastBy (limit: number): number | undefined {
    const { times, minOffset, maxOffset } = this.#table
    const { first, last, end } = this.#range
    const bound = Math.min(limit, end - 1)
    let best: { sample: number, pts: number } | undefined
    const from = Math.min(last, bound === Infinity ? last : times.findLastAt(bound - minOffset))
    for (let sample = from, looks = 0; sample >= first; sample--) {
      countLook(++looks)
      if (best !== undefined && times.timeOf(sample) + maxOffset < best.pts) break
      const pts = this.#table.ptsOf(sample)
      if (pts > bound || !this.isShown(sample)) continue
      if (pts === best?.pts) throw new RangedExtractionError('two frames are shown at the same time')
      if (best === undefined || pts > best.pts) best = { sample, pts }
    }
    return best?.sample
  }

  #findFirst (): number {
    const { times, minOffset, maxOffset } = this.#table
    const { first, last, start } = this.#range
    let best: { sample: number, pts: number } | undefined
    const from = Math.max(first, start === -Infinity ? first : times.findLastAt(start - maxOffset - 1) + 1)
    for (let sample = from, looks = 0; sample <= last; sample++) {
      countLook(++looks)
      if (best !== undefined && times.timeOf(sample) + minOffset > best.pts) break
      const pts = this.#table.ptsOf(sample)
      if (!this.isShown(sample)) continue
      if (pts === best?.pts) throw new RangedExtractionError('two frames are shown at the same time')
      if (best === undefined || pts < best.pts) best = { sample, pts }
    }
    if (best === undefined) throw new RangedExtractionError('no frame is shown')
    return best.sample
  }
}

function countLook (looks: number): void {
  if (looks > MAX_LOOKS) throw new RangedExtractionError('the frames are too far out of order')
}
