import { LRUCache } from 'lru-cache'
import type { ByteRange } from '../../store/object-store.ts'

/** Bytes of a source that begin at `start`. */
export interface CachedRange {
  readonly start: number
  readonly data: Buffer
}

/** The cached parts of a requested range, and the one gap between them that has to be read. */
export interface CacheLookup {
  readonly parts: readonly CachedRange[]
  readonly gap: ByteRange | undefined
}

/** The byte ranges of a source that were read before; the least recently used are evicted first. */
export interface RangeCache {
  /**
   * Looks up the cached beginning and the cached end of a range. What is cached in its middle alone is read again: one
   * request for everything takes less time than two around it.
   */
  lookUp(range: ByteRange): CacheLookup
  /** Adds a range, unless it is larger than the cache. The buffer is not copied. */
  put(range: CachedRange): void
}

/** Creates a cache of at most `maxBytes`, besides `pinned`, which is never evicted. */
export function createRangeCache (maxBytes: number, pinned?: CachedRange): RangeCache {
  const ranges = new LRUCache<number, CachedRange>({
    maxSize: maxBytes,
    sizeCalculation: ({ data }) => data.length
  })

  /** Finds a range that holds the byte at an offset, and marks it as used. */
  function findHolding (offset: number): CachedRange | undefined {
    if (pinned !== undefined && holds(pinned, offset)) return pinned
    return ranges.find((range) => holds(range, offset))
  }

  return {
    lookUp ({ start, end }) {
      const parts: CachedRange[] = []
      let from = start
      for (let range; from < end && (range = findHolding(from)) !== undefined; from = endOf(parts.at(-1)!)) {
        parts.push(cut(range, from, Math.min(end, endOf(range))))
      }
      let to = end
      for (let range; from < to && (range = findHolding(to - 1)) !== undefined; to = parts.at(-1)!.start) {
        parts.push(cut(range, range.start, to))
      }
      return { parts, gap: from < to ? { start: from, end: to } : undefined }
    },

    put (range) {
      if (ranges.find((cached) => contains(cached, range)) !== undefined) return
      for (const cached of [...ranges.values()]) if (contains(range, cached)) ranges.delete(cached.start)
      ranges.set(range.start, range)
    }
  }
}

function holds (range: CachedRange, offset: number): boolean {
  return offset >= range.start && offset < endOf(range)
}

function contains (outer: CachedRange, inner: CachedRange): boolean {
  return outer.start <= inner.start && endOf(inner) <= endOf(outer)
}

function endOf ({ start, data }: CachedRange): number {
  return start + data.length
}

function cut ({ start, data }: CachedRange, from: number, to: number): CachedRange {
  return { start: from, data: data.subarray(from - start, to - start) }
}
