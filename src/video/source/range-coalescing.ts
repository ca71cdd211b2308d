import type { ByteRange } from '../../store/object-store.ts'

/** Limits on the bytes that are read although they are not needed. */
export interface CoalescingLimits {
  /** Share of the needed bytes that may be read on top of them. */
  readonly overshoot: number
  /** Bytes that may be read on top of that share: below this, another request costs more than the bytes. */
  readonly slackBytes: number
  /** Limit of the ranges. To stay within it, gaps are read over at any cost. */
  readonly maxRanges: number
}

const DEFAULT_LIMITS: CoalescingLimits = { overshoot: 0.15, slackBytes: 256 * 1024, maxRanges: 16 }

/** Returns the limits for pieces in `places` parts of the file that are far apart: each is worth a read of its own. */
export function scatteredReadLimits (places: number): CoalescingLimits {
  return { overshoot: 0.15, slackBytes: 64 * 1024, maxRanges: DEFAULT_LIMITS.maxRanges + places }
}

/**
 * Returns the fewest ranges that cover all pieces. Gaps between pieces are read over, the smallest first, as long as
 * the bytes read in vain stay within the limits.
 *
 * @param pieces needed bytes, in any order; they may overlap
 * @returns ranges in ascending order that do not touch
 */
export function coalesceRanges (pieces: readonly ByteRange[], limits: CoalescingLimits = DEFAULT_LIMITS): ByteRange[] {
  const needed = mergeIntervals(pieces.filter(({ start, end }) => end > start))
  const neededBytes = needed.reduce((sum, { start, end }) => sum + end - start, 0)
  const gaps = needed.slice(1).map(({ start }, index) => ({ index, size: start - needed[index]!.end }))
  const bridged = new Set<number>()
  let spareBytes = neededBytes * limits.overshoot + limits.slackBytes
  for (const { index, size } of gaps.sort((one, other) => one.size - other.size)) {
    spareBytes -= size
    if (spareBytes < 0 && needed.length - bridged.size <= limits.maxRanges) break
    bridged.add(index)
  }
  const ranges: ByteRange[] = []
  for (const [index, { start, end }] of needed.entries()) {
    if (bridged.has(index - 1)) ranges[ranges.length - 1] = { start: ranges.at(-1)!.start, end }
    else ranges.push({ start, end })
  }
  return ranges
}

/** Whole numbers from `start` up to but not including `end`: bytes of a source, samples of a track. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** Merges intervals that overlap or touch. Returns them in ascending order. */
export function mergeIntervals (intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = []
  for (const { start, end } of intervals.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1)
    if (last === undefined || start > last.end) merged.push({ start, end })
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, end) }
  }
  return merged
}
