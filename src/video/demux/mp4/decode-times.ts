import { findLastAtMost, RunLengths } from './run-lengths.ts'
import type { FrameGaps } from '../index-summary.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Every so many entries the running sum is kept. */
const STEP = 128
/** ffmpeg treats a larger duration as a negative one. */
const MAX_DELTA = 2 ** 31 - 1

/** Decode times of a track's samples (`stts`; ISO/IEC 14496-12, section 8.6.1.2), in ticks of its media. */
export class DecodeTimes {
  /** Sum of all durations. */
  readonly totalTicks: number
  readonly maxDelta: number
  /** The duration of most samples. */
  readonly usualDelta: number
  readonly #runs: RunLengths
  readonly #firstTicks: Float64Array

  /**
   * @param maxSamples number of samples; ffmpeg ignores entries for more of them
   * @throws RangedExtractionError if the box is malformed, or has negative durations or times that are not safe
   * integers
   */
  constructor (body: Buffer, maxSamples?: number) {
    this.#runs = new RunLengths(body, 'stts', maxSamples)
    this.#firstTicks = new Float64Array(Math.ceil(this.#runs.length / STEP))
    let ticks = 0
    let maxDelta = 0
    let usual = { count: 0, delta: 0 }
    for (let entry = 0; entry < this.#runs.length; entry++) {
      if (entry % STEP === 0) this.#firstTicks[entry / STEP] = ticks
      const [count, delta] = [this.#runs.countAt(entry), this.#runs.valueAt(entry)]
      if (delta > MAX_DELTA) throw new RangedExtractionError('a sample has a negative duration')
      if (count > usual.count) usual = { count, delta }
      maxDelta = Math.max(maxDelta, delta)
      ticks += count * delta
    }
    if (ticks > Number.MAX_SAFE_INTEGER / 4) throw new RangedExtractionError('the track duration is out of range')
    this.totalTicks = ticks
    this.maxDelta = maxDelta
    this.usualDelta = usual.delta
  }

  get samples (): number {
    return this.#runs.samples
  }

  /** Memory of the table, in bytes. */
  get memoryBytes (): number {
    return this.#runs.memoryBytes + this.#firstTicks.byteLength
  }

  /** Returns the decode time of a sample. */
  timeOf (sample: number): number {
    const { entry, firstSample } = this.#runs.find(sample)
    return this.#ticksAt(entry) + (sample - firstSample) * this.#runs.valueAt(entry)
  }

  /** Returns the times from one sample to the next; of a single sample, its duration. */
  listGaps (): FrameGaps[] {
    const last = this.#runs.length - 1
    return Array.from({ length: this.#runs.length }, (_, entry) => {
      const count = this.#runs.countAt(entry)
      return { count: entry === last && this.samples > 1 ? count - 1 : count, ticks: this.#runs.valueAt(entry) }
    })
  }

  /** Returns the time from the decoding of a sample to that of the next one. */
  deltaOf (sample: number): number {
    return this.#runs.valueAt(this.#runs.find(sample).entry)
  }

  /** Returns the last sample that is decoded at or before a time; -1 if there is none. */
  findLastAt (ticks: number): number {
    if (ticks < 0 || this.samples === 0) return -1
    if (ticks >= this.totalTicks) return this.samples - 1
    let entry = findLastAtMost(this.#firstTicks, ticks) * STEP
    let start = this.#ticksAt(entry)
    for (let end; (end = start + this.#runs.countAt(entry) * this.#runs.valueAt(entry)) <= ticks; entry++) start = end
    return this.#runs.firstSampleOf(entry) + Math.floor((ticks - start) / this.#runs.valueAt(entry))
  }

  #ticksAt (entry: number): number {
    const step = Math.floor(entry / STEP)
    let ticks = this.#firstTicks[step]!
    for (let before = step * STEP; before < entry; before++) {
      ticks += this.#runs.countAt(before) * this.#runs.valueAt(before)
    }
    return ticks
  }
}
