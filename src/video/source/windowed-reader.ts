import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { ByteReader } from './byte-source.ts'

/** Bytes of a source that were read, and where they begin in it. */
export interface ReadWindow {
  readonly start: number
  readonly data: Buffer
}

/** Reads a source in few, bounded strides, and remembers them: nothing is asked for twice. */
export class WindowedReader implements ByteReader {
  readonly bytes: number
  readonly #source: ByteReader
  readonly #windows: ReadWindow[]
  readonly #strideBytes: number
  #budget: number

  /**
   * @param known what was read of the source before
   * @param maxReadBytes how much may be read of the source in all, what is known not counted
   * @param strideBytes how far a small read is stretched: readers of containers ask for a few bytes after a few bytes
   */
  constructor (
    source: ByteReader,
    {
      known = [],
      maxReadBytes,
      strideBytes = 64 * 1024
    }: { known?: readonly ReadWindow[], maxReadBytes: number, strideBytes?: number }
  ) {
    this.bytes = source.bytes
    this.#source = source
    this.#windows = [...known]
    this.#budget = maxReadBytes
    this.#strideBytes = strideBytes
  }

  /** Whether more was asked for than may be read. */
  get isExhausted (): boolean {
    return this.#budget < 0
  }

  /** All that is remembered. */
  get windows (): readonly ReadWindow[] {
    return this.#windows
  }

  /**
   * Exactly the bytes asked for.
   *
   * @throws RangedExtractionError past the budget; RangeError where they do not lie within the source; what the
   * source throws
   */
  async read (start: number, end: number): Promise<Buffer> {
    if (start < 0 || end > this.bytes) throw new RangeError('this range does not lie within the source')
    const parts: Buffer[] = []
    for (let at = start; at < end;) {
      const known = this.#windows.findLast((window) => window.start <= at && at < window.start + window.data.length)
      const window = known ?? (await this.#fetch(at, this.#findGapEnd(at, end)))
      const part = window.data.subarray(at - window.start, end - window.start)
      parts.push(part)
      at += part.length
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  /** Up to what is known, at the most; a small read is stretched. */
  #findGapEnd (start: number, end: number): number {
    const wantedEnd = Math.min(this.bytes, Math.max(end, start + this.#strideBytes))
    return this.#windows.reduce(
      (gapEnd, window) => (window.start > start ? Math.min(gapEnd, window.start) : gapEnd),
      wantedEnd
    )
  }

  async #fetch (start: number, end: number): Promise<ReadWindow> {
    this.#budget -= end - start
    if (this.#budget < 0) throw new RangedExtractionError('finding the frame takes too many bytes')
    const data = await this.#source.read(start, end)
    if (data.length !== end - start) throw new RangedExtractionError('the source gave other than was asked for')
    const window = { start, data }
    this.#windows.push(window)
    return window
  }
}
