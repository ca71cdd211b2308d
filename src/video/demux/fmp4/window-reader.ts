import type { Window } from '../mp4/box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** Maximum number of requests per lookup. */
const MAX_READS = 64
const MAX_READ_BYTES = 256 * 1024 * 1024
/** Maximum number of bytes of the windows that one lookup caches. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024

/** Reads windows of a source for one lookup, and caches them so that nearby bytes need no further request. */
export class WindowReader implements ByteReader {
  readonly #source: ByteReader
  readonly #kept: Window[] = []
  #reads = 0
  #readBytes = 0

  constructor (source: ByteReader) {
    this.#source = source
  }

  /** Size of the source. */
  get bytes (): number {
    return this.#source.bytes
  }

  /**
   * Returns a window that holds everything from `start` to `minEnd`. If it has to be read, it extends to `wishedEnd`.
   * Both are clamped to the end of the source.
   *
   * @throws RangedExtractionError after too many requests or bytes
   */
  async readWindow (start: number, minEnd: number, wishedEnd = minEnd): Promise<Window> {
    const needed = Math.min(minEnd, this.bytes)
    const kept = this.#find(start, needed)
    if (kept !== undefined) return kept
    return await this.#fetch(start, Math.min(Math.max(minEnd, wishedEnd), this.bytes))
  }

  /** Returns exactly the bytes from `start` to `end`. Bytes outside the windows are read but not cached. */
  async read (start: number, end: number): Promise<Buffer> {
    const kept = this.#find(start, end)
    return kept === undefined
      ? await this.#source.read(start, end)
      : kept.data.subarray(start - kept.offset, end - kept.offset)
  }

  #find (start: number, end: number): Window | undefined {
    return this.#kept.find(({ offset, data }) => offset <= start && end <= offset + data.length)
  }

  async #fetch (start: number, end: number): Promise<Window> {
    this.#readBytes += end - start
    if (++this.#reads > MAX_READS || this.#readBytes > MAX_READ_BYTES) {
      throw new RangedExtractionError('finding the fragment takes too many reads')
    }
    const window = { offset: start, data: await this.#source.read(start, end) }
    this.#kept.unshift(window)
    let bytes = 0
    const keptCount = this.#kept.findIndex(({ data }) => (bytes += data.length) > MAX_KEPT_BYTES)
    if (keptCount > 0) this.#kept.length = keptCount
    return window
  }
}
