import { mergeIntervals, scatteredReadLimits } from '../../source/range-coalescing.ts'
import { readSamples } from './read-samples.ts'
import type { SampleTable } from './sample-table.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** The samples that lead to a target, by their numbers in decode order; both ends included. */
export interface SampleRange {
  readonly first: number
  readonly target: number
}

/** Limit of one call; callers with more samples split them into several. */
const MAX_SAMPLES = 20_000

/**
 * Reads the samples of several ranges, each sample once, and returns those of each range in decode order.
 *
 * @throws RangedExtractionError for more than 20,000 samples, and as `readSamples`
 */
export async function readSampleRanges (
  source: ByteReader,
  table: Pick<SampleTable, 'locate'>,
  ranges: readonly SampleRange[]
): Promise<Buffer[][]> {
  const merged = mergeIntervals(ranges.map(({ first, target }) => ({ start: first, end: target + 1 })))
  if (merged.reduce((sum, { start, end }) => sum + end - start, 0) > MAX_SAMPLES) {
    throw new RangedExtractionError('the frames are too many packets after their key frames')
  }
  const samples = await readSamples(
    source,
    merged.flatMap(({ start, end }) => table.locate(start, end - 1)),
    scatteredReadLimits(merged.length)
  )
  let at = 0
  const parts = merged.map(({ start, end }) => ({ start, end, samples: samples.slice(at, (at += end - start)) }))
  return ranges.map(({ first, target }) => {
    const part = parts.find(({ start, end }) => first >= start && target < end)!
    return part.samples.slice(first - part.start, target - part.start + 1)
  })
}
