import { RunLengths } from './run-lengths.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** ffmpeg drops the whole table for a larger offset (libavformat/mov.c, `mov_read_ctts`). */
const MAX_OFFSET = 2 ** 28

/** Offsets from decode to presentation time of the samples (`ctts`; ISO/IEC 14496-12, section 8.6.1.3). */
export class TimeOffsets {
  readonly min: number
  readonly max: number
  readonly #runs: RunLengths

  /**
   * Offsets are signed in version 0 too: writers use them so, and ffmpeg reads them so.
   *
   * @throws RangedExtractionError if the box is inconsistent or an offset is out of range
   */
  constructor (body: Buffer) {
    this.#runs = new RunLengths(body, 'ctts')
    let [min, max] = [Infinity, -Infinity]
    for (let entry = 0; entry < this.#runs.length; entry++) {
      const [count, offset] = [this.#runs.countAt(entry), this.#runs.signedValueAt(entry)]
      if (count === 0) continue
      if (offset < min) min = offset
      if (offset > max) max = offset
    }
    if (this.samples > 0 && (min < -MAX_OFFSET || max > MAX_OFFSET)) {
      throw new RangedExtractionError('a time offset is out of range')
    }
    this.min = min
    this.max = max
  }

  get samples (): number {
    return this.#runs.samples
  }

  /** Memory that the table occupies, in bytes. */
  get memoryBytes (): number {
    return this.#runs.memoryBytes
  }

  /** Returns the offset of a sample. */
  offsetOf (sample: number): number {
    return this.#runs.signedValueAt(this.#runs.find(sample).entry)
  }
}
