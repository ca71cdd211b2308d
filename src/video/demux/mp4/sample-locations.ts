import { findLastAtMost } from './run-lengths.ts'
import type { SampleSizes } from './sample-sizes.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** The bytes of a sample in the file. */
export interface SampleLocation {
  readonly start: number
  readonly size: number
}

const ENTRY_BYTES = 12
/** Every so many runs the running sum is kept. */
const STEP = 64
/** Keeps an offset, and the sum of it and a few sizes, a safe integer. */
const MAX_HIGH_HALF = 2 ** 20

/**
 * Locates samples in the file by runs of chunks (`stsc`), offsets of chunks (`stco`, `co64`) and sizes (ISO/IEC
 * 14496-12, section 8.7).
 */
export class SampleLocations {
  readonly #sizes: SampleSizes
  readonly #runs: Buffer
  readonly #runCount: number
  readonly #firstSamples: Float64Array
  readonly #chunkCount: number
  readonly #offsets: Buffer
  readonly #offsetBytes: 4 | 8

  /** @throws RangedExtractionError if the tables are malformed or contradict each other */
  constructor (sizes: SampleSizes, stsc: Buffer, stco: Buffer | undefined, co64: Buffer | undefined) {
    this.#sizes = sizes
    const chunks = stco ?? co64
    if (chunks === undefined || (stco !== undefined && co64 !== undefined)) {
      throw new RangedExtractionError('there are no or two tables of chunk offsets')
    }
    this.#offsetBytes = stco === undefined ? 8 : 4
    this.#chunkCount = readCount(chunks, this.#offsetBytes, 'stco')
    this.#offsets = chunks.subarray(8, 8 + this.#chunkCount * this.#offsetBytes)
    this.#runCount = readCount(stsc, ENTRY_BYTES, 'stsc')
    this.#runs = stsc.subarray(8, 8 + this.#runCount * ENTRY_BYTES)
    this.#firstSamples = new Float64Array(Math.ceil(this.#runCount / STEP))
    let samples = 0
    for (let run = 0; run < this.#runCount; run++) {
      if (run % STEP === 0) this.#firstSamples[run / STEP] = samples
      this.#assertRun(run)
      samples += this.#samplesOf(run)
    }
    if (samples !== sizes.length) {
      throw new RangedExtractionError('the chunks contain more or fewer samples than have a size')
    }
  }

  /** Memory of the tables, including the sizes, in bytes. */
  get memoryBytes (): number {
    return this.#runs.length + this.#firstSamples.byteLength + this.#offsets.length + this.#sizes.memoryBytes
  }

  /** Iterates over the locations of the samples from `first` to `last`, in decode order. */
  * iterate (first: number, last: number): Generator<SampleLocation> {
    let sample = first
    while (sample <= last) {
      const chunk = this.#findChunk(sample)
      let start = this.#offsetOf(chunk.number)
      for (let before = chunk.firstSample; before < sample; before++) start += this.#sizes.sizeOf(before)
      for (; sample <= last && sample < chunk.endSample; sample++) {
        const size = this.#sizes.sizeOf(sample)
        yield { start, size }
        start += size
      }
    }
  }

  /** Returns the end of the chunk that begins last in the file: one past its last byte. */
  findMediaEnd (): number {
    let lastChunk = 0
    let end = -1
    for (let chunk = 0; chunk < this.#chunkCount; chunk++) {
      const offset = this.#offsetOf(chunk)
      if (offset <= end) continue
      lastChunk = chunk
      end = offset
    }
    const { firstSample, endSample } = this.#samplesOfChunk(lastChunk)
    for (let sample = firstSample; sample < endSample; sample++) end += this.#sizes.sizeOf(sample)
    return end
  }

  #assertRun (run: number): void {
    const [first, count, description] = [0, 4, 8].map((at) => this.#runs.readUInt32BE(run * ENTRY_BYTES + at))
    if (first !== 1 && run === 0) throw new RangedExtractionError('the first chunk has no samples')
    if (count === 0) throw new RangedExtractionError('a chunk has no samples')
    if (description !== 1) throw new RangedExtractionError('a chunk has another sample description')
    if (this.#endChunkOf(run) <= this.#firstChunkOf(run) || this.#endChunkOf(run) > this.#chunkCount) {
      throw new RangedExtractionError('the chunks are not in ascending order')
    }
  }

  /** Chunks are counted from 0 here. */
  #firstChunkOf (run: number): number {
    return this.#runs.readUInt32BE(run * ENTRY_BYTES) - 1
  }

  #endChunkOf (run: number): number {
    return run + 1 < this.#runCount ? this.#firstChunkOf(run + 1) : this.#chunkCount
  }

  #samplesPerChunk (run: number): number {
    return this.#runs.readUInt32BE(run * ENTRY_BYTES + 4)
  }

  #samplesOf (run: number): number {
    return (this.#endChunkOf(run) - this.#firstChunkOf(run)) * this.#samplesPerChunk(run)
  }

  #findChunk (sample: number) {
    const step = findLastAtMost(this.#firstSamples, sample)
    let run = step * STEP
    let firstSample = this.#firstSamples[step]!
    for (let samples; firstSample + (samples = this.#samplesOf(run)) <= sample; run++) firstSample += samples
    const perChunk = this.#samplesPerChunk(run)
    const skipped = Math.floor((sample - firstSample) / perChunk)
    firstSample += skipped * perChunk
    return { number: this.#firstChunkOf(run) + skipped, firstSample, endSample: firstSample + perChunk }
  }

  #samplesOfChunk (chunk: number): { firstSample: number, endSample: number } {
    let run = 0
    let firstSample = 0
    for (; this.#endChunkOf(run) <= chunk; run++) firstSample += this.#samplesOf(run)
    firstSample += (chunk - this.#firstChunkOf(run)) * this.#samplesPerChunk(run)
    return { firstSample, endSample: firstSample + this.#samplesPerChunk(run) }
  }

  #offsetOf (chunk: number): number {
    if (this.#offsetBytes === 4) return this.#offsets.readUInt32BE(chunk * 4)
    // By halves: a BigInt for each of a million chunks takes a tenth of a second.
    const high = this.#offsets.readUInt32BE(chunk * 8)
    if (high > MAX_HIGH_HALF) throw new RangedExtractionError('a chunk has an offset out of range')
    return high * 2 ** 32 + this.#offsets.readUInt32BE(chunk * 8 + 4)
  }
}

function readCount (body: Buffer, entryBytes: number, name: string): number {
  const count = body.length < 8 ? 0 : body.readUInt32BE(4)
  if (count === 0 || count * entryBytes > body.length - 8) {
    throw new RangedExtractionError(`the box ${name} is empty or truncated`)
  }
  return count
}
