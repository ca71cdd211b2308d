import { coalesceRanges, type CoalescingLimits } from '../../source/range-coalescing.ts'
import { readRanges } from '../../source/read-ranges.ts'
import type { SamplePlace } from './sample-places.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** Larger packet ranges are left to the full download. */
const MAX_BYTES = 96 * 1024 * 1024

/**
 * Checks that samples can be read.
 *
 * @throws RangedExtractionError if they exceed 96 MiB, or one is empty or outside the file
 */
export function checkPlaces (source: ByteReader, places: readonly SamplePlace[]): void {
  let bytes = 0
  for (const place of places) {
    if (place.bytes === 0 || place.start + place.bytes > source.bytes) {
      throw new RangedExtractionError('a packet is empty or outside the file')
    }
    bytes += place.bytes
  }
  if (bytes > MAX_BYTES) throw new RangedExtractionError('the frame is too many bytes behind its key frame')
}

/**
 * Reads samples with a few coalesced, parallel range requests. Returns views of the bytes read, in the order of
 * `places`.
 *
 * @throws RangedExtractionError as `checkPlaces`; errors of the source
 */
export async function readSamples (
  source: ByteReader,
  places: readonly SamplePlace[],
  limits?: CoalescingLimits
): Promise<Buffer[]> {
  checkPlaces(source, places)
  const ranges = coalesceRanges(
    places.map(({ start, bytes }) => ({ start, end: start + bytes })),
    limits
  )
  const parts = await readRanges(source, ranges)
  return places.map(({ start, bytes }) => {
    const part = parts.find((part) => start >= part.start && start + bytes <= part.end)
    if (part === undefined || part.data.length !== part.end - part.start) {
      throw new RangedExtractionError('a packet was not read completely')
    }
    return part.data.subarray(start - part.start, start - part.start + bytes)
  })
}
