import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Samples that decoding may start at (`stss`; ISO/IEC 14496-12, section 8.6.2), in decode order, by rank. */
export interface SyncSamples {
  readonly length: number
  readonly memoryBytes: number
  /** True if every sample counts as one, since the file has no table. */
  readonly isEverySample: boolean
  /** Returns the sample of a rank, both counted from 0. */
  sampleAt(rank: number): number
  /** Returns the rank of the last one at or before a sample in decode order; -1 if there is none. */
  findRank(sample: number): number
}

/**
 * Reads `stss`; without it every sample is a sync sample.
 *
 * @throws RangedExtractionError if the table is empty, truncated, or not in ascending order
 */
export function readSyncSamples (body: Buffer | undefined, samples: number): SyncSamples {
  if (body === undefined) {
    return {
      length: samples,
      memoryBytes: 0,
      isEverySample: true,
      sampleAt: (rank) => rank,
      findRank: (sample) => Math.min(sample, samples - 1)
    }
  }
  const length = body.length < 8 ? 0 : body.readUInt32BE(4)
  if (length === 0) throw new RangedExtractionError('there are no sync samples')
  if (length * 4 > body.length - 8) throw new RangedExtractionError('the box stss is truncated')
  const numbers = body.subarray(8, 8 + length * 4)
  const sampleAt = (rank: number) => numbers.readUInt32BE(rank * 4) - 1
  for (let rank = 0, previous = -1; rank < length; rank++) {
    const sample = sampleAt(rank)
    if (sample <= previous || sample >= samples) {
      throw new RangedExtractionError('the sync samples are not in ascending order')
    }
    previous = sample
  }
  return {
    length,
    memoryBytes: numbers.length,
    isEverySample: false,
    sampleAt,
    findRank (sample) {
      let low = 0
      let high = length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (sampleAt(middle) <= sample) low = middle + 1
        else high = middle
      }
      return low - 1
    }
  }
}
