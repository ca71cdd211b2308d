import type { Presentation } from './edit-list.ts'
import type { SampleTable } from './sample-table.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/**
 * The samples that are shown: those from `first` to `last` in decode order with a presentation time from `start` up
 * to but not including `end`.
 */
export interface ShownRange {
  readonly first: number
  readonly last: number
  readonly start: number
  readonly end: number
  /** The media time that is moved to the start of the edit: that of the first frame shown. */
  readonly origin: number
}

const MAX_STEPS = 100_000

/**
 * Returns the samples that an edit shows, as ffmpeg applies it (libavformat/mov.c, `mov_fix_index`): it takes the
 * samples from the last sync sample before the edit up to the first sync sample past its end (with time offsets: the
 * second), marks those outside of the edit as not shown, and then moves the rest so that the first one shown is at
 * the start of the edit.
 *
 * @throws RangedExtractionError if it has no sync sample to begin with, or shows nothing
 */
export function findShownRange (table: SampleTable, { mediaStart, mediaEnd }: Presentation): ShownRange {
  const all = { first: 0, last: table.samples - 1, start: -Infinity, end: Infinity, origin: 0 }
  if (mediaEnd === Infinity) return all
  const range = {
    first: findFirst(table, mediaStart),
    last: findLast(table, mediaEnd),
    start: mediaStart,
    end: mediaEnd
  }
  return { ...range, origin: findOrigin(table, range) }
}

function findFirst (table: SampleTable, mediaStart: number): number {
  const { times, sync } = table
  for (let rank = sync.findRank(times.findLastAt(mediaStart)), steps = 0; rank >= 0; rank--) {
    assertSteps(++steps)
    const sample = sync.sampleAt(rank)
    if (table.ptsOf(sample) <= mediaStart) return sample
  }
  throw new RangedExtractionError('no sync sample precedes the edit')
}

function findLast (table: SampleTable, mediaEnd: number): number {
  const { times, sync, samples } = table
  let isSecond = table.offsets === undefined
  const from = times.findLastAt(mediaEnd - table.maxOffset - times.maxDelta - 1)
  for (let rank = Math.max(0, sync.findRank(from)), steps = 0; rank < sync.length; rank++) {
    assertSteps(++steps)
    const sample = sync.sampleAt(rank)
    const isPast = sample === samples - 1 || table.ptsOf(sample) + times.deltaOf(sample) >= mediaEnd
    if (isPast && isSecond) return sample
    isSecond ||= isPast
  }
  return samples - 1
}

/**
 * Returns the time of the first frame shown. With negative time offsets, the first shown sample in decode order may
 * be decoded after that; ffmpeg then begins with its decode time.
 */
function findOrigin (table: SampleTable, { first, last, start, end }: Omit<ShownRange, 'origin'>): number {
  const { times, minOffset, maxOffset } = table
  let earliest = Infinity
  let firstDecoded: number | undefined
  const from = Math.max(first, times.findLastAt(start - maxOffset - 1) + 1)
  for (let sample = from, steps = 0; sample <= last; sample++) {
    assertSteps(++steps)
    const dts = times.timeOf(sample)
    if (dts + minOffset > earliest) break
    const pts = table.ptsOf(sample)
    if (pts < start || pts >= end) continue
    firstDecoded ??= dts
    earliest = Math.min(earliest, pts)
  }
  if (firstDecoded === undefined) throw new RangedExtractionError('the edit shows nothing')
  return Math.max(earliest, firstDecoded)
}

function assertSteps (steps: number): void {
  if (steps > MAX_STEPS) throw new RangedExtractionError('the edit is too far from a sync sample')
}
