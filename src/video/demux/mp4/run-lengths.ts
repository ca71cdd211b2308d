import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Number of entries between two stored sums. */
const STEP = 128
const ENTRY_BYTES = 8

/**
 * A run-length table of (sample count, value) pairs, as in `stts` and `ctts`. The bytes of the file are not expanded:
 * a lookup is a binary search over the sums of every 128th entry, followed by a short walk.
 */
export class RunLengths {
  /** Number of samples of all entries. */
  readonly samples: number
  readonly #entries: Buffer
  readonly #count: number
  readonly #lastCount: number
  readonly #firstSamples: Float64Array

  /**
   * @param body payload of the box: version and flags, entry count, entries
   * @param maxSamples number of samples; entries for further ones are ignored
   * @throws RangedExtractionError if the box is shorter than its count
   */
  constructor (body: Buffer, name: string, maxSamples = Infinity) {
    if (body.length < ENTRY_BYTES) throw new RangedExtractionError(`the box ${name} is cut short`)
    const count = body.readUInt32BE(4)
    if (count * ENTRY_BYTES > body.length - ENTRY_BYTES) throw new RangedExtractionError(`the box ${name} is cut short`)
    this.#entries = body.subarray(ENTRY_BYTES, ENTRY_BYTES * (1 + count))
    this.#firstSamples = new Float64Array(Math.ceil(count / STEP))
    let [samples, entry, lastCount] = [0, 0, 0]
    for (; entry < count && (entry === 0 || samples < maxSamples); entry++) {
      if (entry % STEP === 0) this.#firstSamples[entry / STEP] = samples
      lastCount = Math.min(this.#entries.readUInt32BE(entry * ENTRY_BYTES), maxSamples - samples)
      samples += lastCount
    }
    this.samples = samples
    this.#count = entry
    this.#lastCount = lastCount
  }

  /** Number of entries. */
  get length (): number {
    return this.#count
  }

  /** Memory that the table occupies, in bytes. */
  get memoryBytes (): number {
    return this.#entries.length + this.#firstSamples.byteLength
  }

  /** Returns the number of samples of an entry. */
  countAt (entry: number): number {
    return entry === this.#count - 1 ? this.#lastCount : this.#entries.readUInt32BE(entry * ENTRY_BYTES)
  }

  /** Returns the value of an entry, unsigned. */
  valueAt (entry: number): number {
    return this.#entries.readUInt32BE(entry * ENTRY_BYTES + 4)
  }

  /** Returns the value of an entry, signed. */
  signedValueAt (entry: number): number {
    return this.#entries.readInt32BE(entry * ENTRY_BYTES + 4)
  }

  /** Returns the first sample of an entry. */
  firstSampleOf (entry: number): number {
    const place = Math.floor(entry / STEP)
    let sample = this.#firstSamples[place]!
    for (let before = place * STEP; before < entry; before++) sample += this.countAt(before)
    return sample
  }

  /** Returns the entry of a sample, and the first sample of that entry. The sample must be in the table. */
  find (sample: number): { entry: number, firstSample: number } {
    const place = findLastAtMost(this.#firstSamples, sample)
    let entry = place * STEP
    let firstSample = this.#firstSamples[place]!
    for (let count; firstSample + (count = this.countAt(entry)) <= sample; entry++) firstSample += count
    return { entry, firstSample }
  }
}

/** Returns the last index of ascending numbers whose number is at most `limit`; -1 if there is none. */
export function findLastAtMost (
  numbers: { readonly length: number, readonly [place: number]: number },
  limit: number
): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low - 1
}
