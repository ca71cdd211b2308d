import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { ByteReader } from './byte-source.ts'
import type { CachedRange } from './range-cache.ts'

/** Reads a source ahead, within a byte limit, and caches all of it: no byte is requested twice. */
export class ReadAheadReader implements ByteReader {
  readonly size: number
  readonly #source: ByteReader
  readonly #cached: CachedRange[]
  readonly #readAheadBytes: number
  #budget: number
  #reads: number

  /**
   * @param cached ranges of the source that were read before
   * @param maxReadBytes limit of the bytes read from the source, not counting the cached ones
   * @param readAheadBytes minimum size of a read: readers of containers request a few bytes at a time
   * @param maxReads limit of the reads from the source
   */
  constructor (
    source: ByteReader,
    {
      cached = [],
      maxReadBytes,
      readAheadBytes = 64 * 1024,
      maxReads = Infinity
    }: {
      readonly cached?: readonly CachedRange[]
      readonly maxReadBytes: number
      readonly readAheadBytes?: number
      readonly maxReads?: number
    }
  ) {
    this.size = source.size
    this.#source = source
    this.#cached = [...cached]
    this.#budget = maxReadBytes
    this.#reads = maxReads
    this.#readAheadBytes = readAheadBytes
  }

  /** Returns whether a read was rejected because of a limit. */
  get isExhausted (): boolean {
    return this.#budget < 0 || this.#reads < 0
  }

  /** All cached ranges. */
  get cached (): readonly CachedRange[] {
    return this.#cached
  }

  /**
   * Returns exactly the requested bytes.
   *
   * @throws RangedExtractionError past a limit; RangeError if they are not within the source; as the source
   */
  async read (start: number, end: number): Promise<Buffer> {
    if (start < 0 || end > this.size) throw new RangeError(`Bytes ${start} to ${end} are not within the source.`)
    const parts: Buffer[] = []
    for (let at = start; at < end;) {
      const cached = this.#cached.findLast((range) => range.start <= at && at < range.start + range.data.length)
      const range = cached ?? (await this.#fetch(at, this.#findGapEnd(at, end)))
      const part = range.data.subarray(at - range.start, end - range.start)
      parts.push(part)
      at += part.length
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  /**
   * Returns a range that includes the requested bytes. What is missing is read up to `preferredEnd`, as far as the
   * source and the limit on bytes go.
   *
   * @throws errors of `read`
   */
  async readRange (start: number, end: number, preferredEnd: number): Promise<CachedRange> {
    const cached = this.#cached.findLast((range) => range.start <= start && end <= range.start + range.data.length)
    if (cached !== undefined) return cached
    const allowedEnd = Math.min(this.size, preferredEnd, start + this.#budget)
    return { start, data: await this.read(start, Math.max(end, allowedEnd)) }
  }

  /** Returns the end of the read that begins at `start`: reads ahead, but not into what is cached. */
  #findGapEnd (start: number, end: number): number {
    const readAheadEnd = Math.min(this.size, Math.max(end, start + this.#readAheadBytes))
    return this.#cached.reduce(
      (gapEnd, range) => (range.start > start ? Math.min(gapEnd, range.start) : gapEnd),
      readAheadEnd
    )
  }

  async #fetch (start: number, end: number): Promise<CachedRange> {
    this.#budget -= end - start
    this.#reads--
    if (this.#budget < 0) throw new RangedExtractionError('finding the frame takes too many bytes')
    if (this.#reads < 0) throw new RangedExtractionError('finding the frame takes too many reads')
    const data = await this.#source.read(start, end)
    if (data.length !== end - start) throw new RangedExtractionError('the source returned too few or too many bytes')
    const range = { start, data }
    this.#cached.push(range)
    return range
  }
}
