import { coalesceRanges, type CoalescingLimits } from '../../source/range-coalescing.ts'
import { readRanges } from '../../source/read-ranges.ts'
import type { SampleLocation } from './sample-locations.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** Limit of the samples of one packet range. */
const MAX_BYTES = 96 * 1024 * 1024

/**
 * Checks that samples can be read.
 *
 * @throws RangedExtractionError if they take more than 96 MiB, or one is empty or outside of the file
 */
export function assertReadable (source: ByteReader, locations: readonly SampleLocation[]): void {
  let bytes = 0
  for (const { start, size } of locations) {
    if (size === 0 || start + size > source.size) {
      throw new RangedExtractionError('a packet is empty or outside of the file')
    }
    bytes += size
  }
  if (bytes > MAX_BYTES) throw new RangedExtractionError('the frame is too many bytes after its key frame')
}

/**
 * Reads samples by a few coalesced ranges. Returns views of the bytes read, in the order of `locations`.
 *
 * @throws RangedExtractionError as `assertReadable`; as the source
 */
export async function readSamples (
  source: ByteReader,
  locations: readonly SampleLocation[],
  limits?: CoalescingLimits
): Promise<Buffer[]> {
  assertReadable(source, locations)
  const ranges = coalesceRanges(
    locations.map(({ start, size }) => ({ start, end: start + size })),
    limits
  )
  const loaded = await readRanges(source, ranges)
  return locations.map(({ start, size }) => {
    const range = loaded.find((range) => start >= range.start && start + size <= range.end)
    if (range === undefined || range.data.length !== range.end - range.start) {
      throw new RangedExtractionError('a packet was not read entirely')
    }
    return range.data.subarray(start - range.start, start - range.start + size)
  })
}
