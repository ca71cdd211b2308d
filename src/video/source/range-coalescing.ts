import type { ByteRange } from '../../store/object-store.ts'

/** How much may be read that is not needed. */
export interface CoalescingLimits {
  /** As a share of what is needed. */
  readonly overshoot: number
  /** And this much on top: below it another request costs more than the bytes. */
  readonly slackBytes: number
  /** More ranges than this are never read: then gaps are read over whatever they cost. */
  readonly maxRanges: number
}

const DEFAULT_LIMITS: CoalescingLimits = { overshoot: 0.15, slackBytes: 256 * 1024, maxRanges: 16 }

/** For pieces that lie in so many places far apart: each place is worth a read of its own. */
export function scatteredReadLimits (places: number): CoalescingLimits {
  return { overshoot: 0.15, slackBytes: 64 * 1024, maxRanges: DEFAULT_LIMITS.maxRanges + places }
}

/**
 * Plans the fewest reads that bring all the pieces: the smallest gaps between them are read over first, as long as
 * what is read in vain stays within the limits.
 *
 * @param pieces where the wanted bytes lie, in any order; they may overlap
 * @returns ranges that ascend and do not touch
 */
export function coalesceRanges (pieces: readonly ByteRange[], limits: CoalescingLimits = DEFAULT_LIMITS): ByteRange[] {
  const needed = mergeIntervals(pieces.filter(({ start, end }) => end > start))
  const neededBytes = needed.reduce((sum, { start, end }) => sum + end - start, 0)
  const gaps = needed.slice(1).map(({ start }, place) => ({ place, bytes: start - needed[place]!.end }))
  const bridged = new Set<number>()
  let spareBytes = neededBytes * limits.overshoot + limits.slackBytes
  for (const { place, bytes } of gaps.sort((one, other) => one.bytes - other.bytes)) {
    spareBytes -= bytes
    if (spareBytes < 0 && needed.length - bridged.size <= limits.maxRanges) break
    bridged.add(place)
  }
  const ranges: ByteRange[] = []
  for (const [place, { start, end }] of needed.entries()) {
    if (bridged.has(place - 1)) ranges[ranges.length - 1] = { start: ranges.at(-1)!.start, end }
    else ranges.push({ start, end })
  }
  return ranges
}

/** Numbers from `start` up to but not including `end`: bytes of a source, samples of a track. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** Merges intervals that overlap or touch; the result ascends. */
export function mergeIntervals (intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = []
  for (const { start, end } of intervals.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1)
    if (last === undefined || start > last.end) merged.push({ start, end })
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, end) }
  }
  return merged
}
