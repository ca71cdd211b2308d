import { setImmediate } from 'node:timers/promises'
import { type ElementHeader, MAX_HEADER_BYTES, readElementHeader } from './ebml.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteRange } from '../../../store/object-store.ts'
import type { CachedRange } from '../../source/range-cache.ts'
import type { ReadAheadReader } from '../../source/read-ahead-reader.ts'

const KIB = 1024
/** Limit of the element headers of one lookup: 5,000 packets among as many of sound take some 20,000. */
const MAX_ELEMENTS = 500_000
/** Headers that are parsed before other work of the process gets its turn: about 2 ms. */
const ELEMENTS_PER_TURN = 2000
/** Size of a read after a jump; it doubles while the reads follow each other. */
const FIRST_STEP_BYTES = 128 * KIB
const MAX_STEP_BYTES = 8 * 1024 * KIB

/**
 * Reads elements of a file for one lookup, in windows, so that elements that follow each other take few requests. It
 * counts the elements and lets other work run in between, so that a file of any number of elements neither blocks the
 * process nor keeps it busy for long.
 */
export class ElementReader {
  readonly #reader: ReadAheadReader
  #window: CachedRange = { start: 0, data: Buffer.alloc(0) }
  #stepBytes = FIRST_STEP_BYTES
  #elements = 0

  constructor (reader: ReadAheadReader) {
    this.#reader = reader
  }

  /** Size of the file. */
  get size (): number {
    return this.#reader.size
  }

  /** Returns whether a limit of the lookup was reached. */
  get isExhausted (): boolean {
    return this.#reader.isExhausted || this.#elements > MAX_ELEMENTS
  }

  /**
   * Reads the header of the element at an offset.
   *
   * @throws RangedExtractionError if there is none, past the limits of the lookup, and as the source
   */
  async readHeader (at: number): Promise<ElementHeader> {
    this.#elements++
    if (this.isExhausted) throw new RangedExtractionError('finding the frame takes too many elements')
    if (this.#elements % ELEMENTS_PER_TURN === 0) await setImmediate()
    if (at >= this.size) throw new RangedExtractionError('the file ends within its elements')
    return readElementHeader(await this.read(at, Math.min(this.size, at + MAX_HEADER_BYTES)))
  }

  /** As `readHeader`, at once; returns undefined if `readHeader` has to wait, or throws. */
  peekHeader (at: number): ElementHeader | undefined {
    const data = this.peek(at, at + MAX_HEADER_BYTES)
    if (data === undefined || (this.#elements + 1) % ELEMENTS_PER_TURN === 0) return undefined
    this.#elements++
    return readElementHeader(data)
  }

  /**
   * Returns exactly the bytes from `start` up to but not including `end`, which may share memory with other reads.
   *
   * @throws RangedExtractionError if they are not within the file, and past the limits of the lookup; as the source
   */
  async read (start: number, end: number): Promise<Buffer> {
    const known = this.peek(start, end)
    if (known !== undefined) return known
    if (start > end || end > this.size) throw new RangedExtractionError('an element ends past the file')
    const windowEnd = this.#window.start + this.#window.data.length
    const isNext = start >= this.#window.start && start <= windowEnd + this.#stepBytes && windowEnd > 0
    this.#stepBytes = isNext ? Math.min(MAX_STEP_BYTES, this.#stepBytes * 2) : FIRST_STEP_BYTES
    await this.prefetch(start, end, start + this.#stepBytes)
    return this.peek(start, end)!
  }

  /** Reads the bytes from `start` to `end`, and up to `preferredEnd` if they have to be requested. */
  async prefetch (start: number, end: number, preferredEnd = end): Promise<void> {
    if (this.peek(start, end) !== undefined) return
    this.#window = await this.#reader.readRange(start, end, preferredEnd)
  }

  /** Requests several ranges at once, each up to the end of the file at most, so that later reads find them. */
  async warm (ranges: readonly ByteRange[]): Promise<void> {
    await Promise.all(
      ranges.map(async ({ start, end }) => {
        if (start < Math.min(end, this.size)) await this.#reader.readRange(start, start + 1, end)
      })
    )
  }

  /** As `read`, at once; returns undefined if the bytes are not in the window. */
  peek (start: number, end: number): Buffer | undefined {
    const at = start - this.#window.start
    return at >= 0 && start <= end && at + end - start <= this.#window.data.length
      ? this.#window.data.subarray(at, at + end - start)
      : undefined
  }
}
