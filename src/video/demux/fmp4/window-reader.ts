import type { Window } from '../mp4/box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** One answer may not take more requests than this. */
const MAX_READS = 64
const MAX_READ_BYTES = 256 * 1024 * 1024
/** Windows are kept for the time of one answer, up to so many bytes. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024

/** Reads windows of a source for one answer, and keeps them so that what lies near comes with the same request. */
export class WindowReader implements ByteReader {
  readonly #source: ByteReader
  readonly #kept: Window[] = []
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
   * A window that holds everything from `start` to `minEnd`, and where it has to be read, on to `wishedEnd`; both are
   * cut at the end of the source.
   *
   * @throws RangedExtractionError after too many requests or bytes
   */
  async readWindow (start: number, minEnd: number, wishedEnd = minEnd): Promise<Window> {
    const needed = Math.min(minEnd, this.size)
    const kept = this.#find(start, needed)
    if (kept !== undefined) return kept
    return await this.#fetch(start, Math.min(Math.max(minEnd, wishedEnd), this.size))
  }

  /** Exactly the bytes from `start` to `end`; those that are not in a window are read and not kept. */
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
      throw new RangedExtractionError('finding the fragment takes too much reading')
    }
    const window = { offset: start, data: await this.#source.read(start, end) }
    this.#kept.unshift(window)
    let bytes = 0
    const keptCount = this.#kept.findIndex(({ data }) => (bytes += data.length) > MAX_KEPT_BYTES)
    if (keptCount > 0) this.#kept.length = keptCount
    return window
  }
}
