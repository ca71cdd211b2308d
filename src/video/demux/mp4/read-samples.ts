import { coalesceRanges, type CoalescingLimits } from '../../source/range-coalescing.ts'
import { readRanges } from '../../source/read-ranges.ts'
import type { SamplePlace } from './sample-places.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** Larger runs are left to the general way. */
const MAX_BYTES = 96 * 1024 * 1024

/**
 * Looks whether samples can be read at all.
 *
 * @throws RangedExtractionError where they are more than 96 MiB, or one is empty or lies outside of the file
 */
export function checkPlaces (source: ByteReader, places: readonly SamplePlace[]): void {
  let bytes = 0
  for (const place of places) {
    if (place.size === 0 || place.start + place.size > source.size) {
      throw new RangedExtractionError('a packet is empty or lies outside of the file')
    }
    bytes += place.size
  }
  if (bytes > MAX_BYTES) throw new RangedExtractionError('the frame lies too many bytes behind its key frame')
}

/**
 * Reads samples by a few coalesced ranges at once, and cuts them out; views of what was read, in the order of `places`.
 *
 * @throws RangedExtractionError as `checkPlaces`; what the source throws
 */
export async function readSamples (
  source: ByteReader,
  places: readonly SamplePlace[],
  limits?: CoalescingLimits
): Promise<Buffer[]> {
  checkPlaces(source, places)
  const ranges = coalesceRanges(
    places.map(({ start, size }) => ({ start, end: start + size })),
    limits
  )
  const parts = await readRanges(source, ranges)
  return places.map(({ start, size }) => {
    const part = parts.find((part) => start >= part.start && start + size <= part.end)
    if (part === undefined || part.data.length !== part.end - part.start) {
      throw new RangedExtractionError('a packet was not read as a whole')
    }
    return part.data.subarray(start - part.start, start - part.start + size)
  })
}
