import type { ByteRange } from '../../store/object-store.ts'
import type { ByteReader } from './byte-source.ts'

/** So many answers are waited for at once: more would keep the connections from other requests. */
const MAX_AT_ONCE = 24

/** A range and its bytes. */
export interface ReadRange extends ByteRange {
  readonly data: Buffer
}

/** Reads all ranges, some at once, in their order. */
export async function readRanges (source: ByteReader, ranges: readonly ByteRange[]): Promise<ReadRange[]> {
  const parts: ReadRange[] = []
  let next = 0
  const lanes = Array.from({ length: Math.min(MAX_AT_ONCE, ranges.length) }, async () => {
    for (let place = next++; place < ranges.length; place = next++) {
      const { start, end } = ranges[place]!
      parts[place] = { start, end, data: await source.read(start, end) }
    }
  })
  await Promise.all(lanes)
  return parts
}
