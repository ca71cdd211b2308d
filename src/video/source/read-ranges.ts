import type { ByteRange } from '../../store/object-store.ts'
import type { ByteReader } from './byte-source.ts'

/** Limit of concurrent reads: more would take connections from other requests. */
const MAX_CONCURRENT_READS = 24

/** A byte range with its bytes. */
export interface LoadedRange extends ByteRange {
  readonly data: Buffer
}

/** Reads all ranges, several at a time, and returns them in their order. */
export async function readRanges (source: ByteReader, ranges: readonly ByteRange[]): Promise<LoadedRange[]> {
  const loaded: LoadedRange[] = []
  let next = 0
  const lanes = Array.from({ length: Math.min(MAX_CONCURRENT_READS, ranges.length) }, async () => {
    for (let index = next++; index < ranges.length; index = next++) {
      const { start, end } = ranges[index]!
      loaded[index] = { start, end, data: await source.read(start, end) }
    }
  })
  await Promise.all(lanes)
  return loaded
}
