import type { Window } from '../mp4/box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** Limit of the requests for one lookup. */
const MAX_READS = 64
const MAX_READ_BYTES = 256 * 1024 * 1024
/** Limit of the windows that are kept during a lookup. */
const MAX_CACHED_BYTES = 32 * 1024 * 1024

/** Reads windows of a source for one lookup, and keeps them, so that nearby boxes come with the same request. */
export class WindowReader implements ByteReader {
  readonly #source: ByteReader
  readonly #windows: Window[] = []
  #reads = 0
  #readBytes = 0

  constructor (source: ByteReader) {
    this.#source = source
  }

  /** Size of the source. */
  get size (): number {
    return this.#source.size
  }

  /**
   * Returns a window that holds everything from `start` to `minEnd`. If it has to be read, it extends to
   * `preferredEnd`. Both ends are clamped to the end of the source.
   *
   * @throws RangedExtractionError after too many requests or bytes
   */
  async readWindow (start: number, minEnd: number, preferredEnd = minEnd): Promise<Window> {
    const neededEnd = Math.min(minEnd, this.size)
    const window = this.#find(start, neededEnd)
    if (window !== undefined) return window
    return await this.#fetch(start, Math.min(Math.max(minEnd, preferredEnd), this.size))
  }

  /** Returns exactly the bytes from `start` to `end`. If they are not in a window, they are read and not kept. */
  async read (start: number, end: number): Promise<Buffer> {
    const window = this.#find(start, end)
    return window === undefined
      ? await this.#source.read(start, end)
      : window.data.subarray(start - window.offset, end - window.offset)
  }

  #find (start: number, end: number): Window | undefined {
    return this.#windows.find(({ offset, data }) => offset <= start && end <= offset + data.length)
  }

  async #fetch (start: number, end: number): Promise<Window> {
    this.#readBytes += end - start
    if (++this.#reads > MAX_READS || this.#readBytes > MAX_READ_BYTES) {
      throw new RangedExtractionError('finding the fragment takes too many reads or bytes')
    }
    const window = { offset: start, data: await this.#source.read(start, end) }
    this.#windows.unshift(window)
    let bytes = 0
    const keptCount = this.#windows.findIndex(({ data }) => (bytes += data.length) > MAX_CACHED_BYTES)
    if (keptCount > 0) this.#windows.length = keptCount
    return window
  }
}
