import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Entries between two places whose sums are kept. */
const STEP = 128
const ENTRY_BYTES = 8

/**
 * A table of (count of samples, value) pairs, as `stts` and `ctts` are. It stays as it lies in the file: a sample is
 * found by halving over sums that are kept for each 128th entry, and a walk from there.
 */
export class RunLengths {
  /** How many samples all entries together are of. */
  readonly samples: number
  readonly #entries: Buffer
  readonly #count: number
  readonly #lastCount: number
  readonly #firstSamples: Float64Array

  /**
   * @param body payload of the box: version and flags, count of entries, entries
   * @param maxSamples what the entries say of further samples is left out
   * @throws RangedExtractionError where the count says more than there is
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

  /** How many entries there are. */
  get length (): number {
    return this.#count
  }

  /** What it takes in memory. */
  get memoryBytes (): number {
    return this.#entries.length + this.#firstSamples.byteLength
  }

  /** How many samples an entry is of. */
  countAt (entry: number): number {
    return entry === this.#count - 1 ? this.#lastCount : this.#entries.readUInt32BE(entry * ENTRY_BYTES)
  }

  /** The value of an entry, unsigned. */
  valueAt (entry: number): number {
    return this.#entries.readUInt32BE(entry * ENTRY_BYTES + 4)
  }

  /** The value of an entry, signed. */
  signedValueAt (entry: number): number {
    return this.#entries.readInt32BE(entry * ENTRY_BYTES + 4)
  }

  /** The first sample of an entry. */
  firstSampleOf (entry: number): number {
    const place = Math.floor(entry / STEP)
    let sample = this.#firstSamples[place]!
    for (let before = place * STEP; before < entry; before++) sample += this.countAt(before)
    return sample
  }

  /** The entry of a sample, and the entry's first sample. The sample must be of the table. */
  find (sample: number): { entry: number, firstSample: number } {
    const place = findLastAtMost(this.#firstSamples, sample)
    let entry = place * STEP
    let firstSample = this.#firstSamples[place]!
    for (let count; firstSample + (count = this.countAt(entry)) <= sample; entry++) firstSample += count
    return { entry, firstSample }
  }
}

/** The last place of ascending numbers that holds one of at most `limit`; -1 where there is none. */
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
