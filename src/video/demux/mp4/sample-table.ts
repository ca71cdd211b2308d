import { DecodeTimes } from './decode-times.ts'
import { readSampleSizes, type SampleSizes } from './sample-sizes.ts'
import { type SampleLocation, SampleLocations } from './sample-locations.ts'
import { type SyncSamples, readSyncSamples } from './sync-samples.ts'
import { TimeOffsets } from './time-offsets.ts'
import type { TrackBoxes } from './track-boxes.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/**
 * Limit of the samples of one packet range, which bounds the memory of their list. The full download would decode as
 * many, after reading and listing the whole file.
 */
const MAX_LOCATED = 20_000
const TABLES = ['stsz', 'stz2', 'stts', 'ctts', 'stss', 'stsc', 'stco', 'co64']

/**
 * The sample tables of a track (ISO/IEC 14496-12, sections 8.6 and 8.7), in the encoding of the file. They are not
 * expanded, so that neither their memory nor the time of a lookup depends on the counts that they declare.
 */
export class SampleTable {
  readonly samples: number
  readonly times: DecodeTimes
  readonly offsets: TimeOffsets | undefined
  readonly sync: SyncSamples
  readonly #sizes: SampleSizes
  readonly #locations: SampleLocations
  /** Bytes that the tables keep in memory although they are not part of them. */
  #idleBytes = 0

  /**
   * @throws PosterframeError `video_limits_exceeded`
   * @throws RangedExtractionError if the tables are malformed, contradict each other, or mark key frames in an
   * unsupported way
   */
  constructor (boxes: TrackBoxes, fileBytes: number) {
    const { stsz, stz2, stts, ctts, stss, stsc, stco, co64 } = this.#getBodies(boxes)
    const sizes = readSampleSizes(stsz, stz2, fileBytes)
    this.#sizes = sizes
    this.samples = sizes.length
    this.times = new DecodeTimes(requireBody(stts), this.samples)
    this.offsets = ctts === undefined ? undefined : new TimeOffsets(ctts)
    if (this.times.samples !== this.samples) {
      throw new RangedExtractionError('more or fewer samples have a time than have a size')
    }
    if (this.offsets !== undefined && this.offsets.samples !== this.samples) {
      throw new RangedExtractionError('more or fewer samples have a time offset than have a size')
    }
    if (boxes.list('stps').length > 0) throw new RangedExtractionError('there are partial sync samples')
    this.sync = readSyncSamples(stss, this.samples)
    this.#locations = new SampleLocations(sizes, requireBody(stsc), stco, co64)
    if (this.#locations.findMediaEnd() > fileBytes) throw new RangedExtractionError('the file is truncated')
  }

  /** Memory of the tables, in bytes. */
  get memoryBytes (): number {
    return (
      this.#idleBytes +
      this.times.memoryBytes +
      (this.offsets?.memoryBytes ?? 0) +
      this.sync.memoryBytes +
      this.#locations.memoryBytes
    )
  }

  /** Returns the presentation time of a sample in ticks of the media, without edits. */
  ptsOf (sample: number): number {
    return this.times.timeOf(sample) + (this.offsets?.offsetOf(sample) ?? 0)
  }

  /** Returns whether a sample has no data, as one that repeats the frame before it. */
  isEmpty (sample: number): boolean {
    return this.#sizes.sizeOf(sample) === 0
  }

  /** Lower bound of presentation time minus decode time. */
  get minOffset (): number {
    return this.offsets?.min ?? 0
  }

  /** Upper bound of presentation time minus decode time. */
  get maxOffset (): number {
    return this.offsets?.max ?? 0
  }

  /** Returns the payloads of the tables: views of the bytes read, or copies if most of these are something else. */
  #getBodies (boxes: TrackBoxes): Partial<Record<string, Buffer>> {
    const found = TABLES.flatMap((type) => {
      const body = boxes.find(type)
      return body === undefined ? [] : [[type, body] as const]
    })
    const tableBytes = found.reduce((sum, [, body]) => sum + body.length, 0)
    const retainedBytes = Math.max(0, ...found.map(([, body]) => body.buffer.byteLength))
    const isCopied = tableBytes < retainedBytes / 2
    this.#idleBytes = isCopied ? 0 : retainedBytes - tableBytes
    return Object.fromEntries(found.map(([type, body]) => [type, isCopied ? Buffer.from(body) : body]))
  }

  /**
   * Locates the samples from `first` to `last` in the file, in decode order.
   *
   * @throws RangedExtractionError for more than 20,000 of them
   */
  locate (first: number, last: number): SampleLocation[] {
    if (last - first >= MAX_LOCATED) {
      throw new RangedExtractionError('the frame is too many packets after its key frame')
    }
    return [...this.#locations.iterate(first, last)]
  }
}

function requireBody (body: Buffer | undefined): Buffer {
  if (body === undefined) throw new RangedExtractionError('a sample table is missing')
  return body
}
