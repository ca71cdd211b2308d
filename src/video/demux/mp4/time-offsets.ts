import { RunLengths } from './run-lengths.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** ffmpeg drops the whole table if an offset exceeds this (libavformat/mov.c, `mov_read_ctts`). */
const MAX_OFFSET = 2 ** 28

/** Presentation time minus decode time of each sample (`ctts`; ISO/IEC 14496-12, section 8.6.1.3). */
export class TimeOffsets {
  readonly min: number
  readonly max: number
  readonly #runs: RunLengths

  /**
   * Reads offsets as signed in version 0 too, as ffmpeg does, since writers use it for both.
   *
   * @throws RangedExtractionError if the box is truncated or an offset is out of range
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

  /** Memory of the table, in bytes. */
  get memoryBytes (): number {
    return this.#runs.memoryBytes
  }

  /** Returns the offset of a sample. */
  offsetOf (sample: number): number {
    return this.#runs.signedValueAt(this.#runs.find(sample).entry)
  }
}
