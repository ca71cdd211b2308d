import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Every so many entries the running sum is kept. */
const STEP = 128
const ENTRY_BYTES = 8

/**
 * A run-length encoded table of (sample count, value) pairs, as `stts` and `ctts` are. It is not expanded: a sample
 * is found by binary search over the sums at every 128th entry, and a walk from there.
 */
export class RunLengths {
  /** Number of samples of all entries. */
  readonly samples: number
  readonly #entries: Buffer
  readonly #count: number
  readonly #lastCount: number
  readonly #firstSamples: Float64Array

  /**
   * @param body payload of the box: version and flags, count of entries, entries
   * @param maxSamples entries for further samples are ignored
   * @throws RangedExtractionError if there are fewer entries than declared
   */
  constructor (body: Buffer, name: string, maxSamples = Infinity) {
    if (body.length < ENTRY_BYTES) throw new RangedExtractionError(`the box ${name} is truncated`)
    const count = body.readUInt32BE(4)
    if (count * ENTRY_BYTES > body.length - ENTRY_BYTES) throw new RangedExtractionError(`the box ${name} is truncated`)
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

  /** Memory of the table, in bytes. */
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
    const step = Math.floor(entry / STEP)
    let sample = this.#firstSamples[step]!
    for (let before = step * STEP; before < entry; before++) sample += this.countAt(before)
    return sample
  }

  /** Finds the entry of a sample, and the first sample of that entry. The sample must be in the table. */
  find (sample: number): { entry: number, firstSample: number } {
    const step = findLastAtMost(this.#firstSamples, sample)
    let entry = step * STEP
    let firstSample = this.#firstSamples[step]!
    for (let count; firstSample + (count = this.countAt(entry)) <= sample; entry++) firstSample += count
    return { entry, firstSample }
  }
}

/** Returns the last index of an ascending list with a number of at most `limit`; -1 if there is none. */
export function findLastAtMost (
  numbers: { readonly length: number, readonly [index: number]: number },
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
