import type { Presentation } from './edit-list.ts'
import type { SampleTable } from './sample-table.ts'
import { findShownRange, type ShownRange } from './shown-range.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Samples that a search may examine; frames are not further out of order in a valid file. */
const MAX_LOOKS = 20_000

/**
 * Finds frames of a track by presentation time, in ticks of the media. Samples are in decode order, which differs
 * from presentation order by no more than the bounds of the time offsets. A search starts at the decode time and
 * looks only as far as these bounds allow.
 */
export class ShownFrames {
  readonly #table: SampleTable
  readonly #range: ShownRange

  /** @throws RangedExtractionError for an edit that is not plain */
  constructor (table: SampleTable, presentation: Presentation) {
    this.#table = table
    this.#range = findShownRange(table, presentation)
  }

  /** Media time that is presented at the start of the edit. */
  get origin (): number {
    return this.#range.origin
  }

  /** Returns whether a sample is shown, and not only needed to decode others. */
  isShown (sample: number): boolean {
    const { first, last, start, end } = this.#range
    if (sample < first || sample > last) return false
    const pts = this.#table.ptsOf(sample)
    return pts >= start && pts < end
  }

  /** Returns the sample shown at a time: the last one at or before it; before the first sample, the first. */
  findAt (limit: number): number {
    return this.#findLastBy(limit) ?? this.#findFirst()
  }

  /**
   * Returns the last sync sample shown at or before a time; before the first, the first; undefined if none is shown.
   */
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

  /** Returns the first and last rank of the sync samples that are shown; empty if none is. */
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
   * Returns the sample at which decoding starts for a sample: the last sync sample up to it in decode order that is
   * not shown after it. A leading picture of an open GOP, shown before the sync sample that precedes it in the file,
   * needs the sync sample before that.
   */
  findStart (sample: number): number {
    return this.findStartBefore(sample + 1, this.#table.ptsOf(sample))
  }

  /** Returns the last sync sample before another sample in decode order that is shown at or before `pts`. */
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
