import { DecodeTimes } from './decode-times.ts'
import { readSampleSizes } from './sample-sizes.ts'
import { type SamplePlace, SamplePlaces } from './sample-places.ts'
import { type SyncSamples, readSyncSamples } from './sync-samples.ts'
import { TimeOffsets } from './time-offsets.ts'
import type { TrackBoxes } from './track-boxes.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/**
 * The full download decodes as many, after reading and listing the whole file, so this only bounds the memory of a
 * list.
 */
const MAX_RUN = 20_000
const TABLES = ['stsz', 'stz2', 'stts', 'ctts', 'stss', 'stsc', 'stco', 'co64']

/**
 * The sample tables of a track (ISO/IEC 14496-12, sections 8.6 and 8.7), as stored in the file. They are not
 * expanded, so neither memory nor lookup time depends on the counts that they declare.
 */
export class SampleTable {
  readonly samples: number
  readonly times: DecodeTimes
  readonly offsets: TimeOffsets | undefined
  readonly sync: SyncSamples
  readonly #places: SamplePlaces
  /** Bytes that are kept in memory with the tables without being part of them. */
  #idleBytes = 0

  /**
   * @throws PosterframeError `video_limits_exceeded`
   * @throws RangedExtractionError if the tables are inconsistent or mark key frames in an unsupported way
   */
  constructor (boxes: TrackBoxes, fileBytes: number) {
    const { stsz, stz2, stts, ctts, stss, stsc, stco, co64 } = this.#takeBodies(boxes)
    const sizes = readSampleSizes(stsz, stz2, fileBytes)
    this.samples = sizes.length
    this.times = new DecodeTimes(requireBody(stts), this.samples)
    this.offsets = ctts === undefined ? undefined : new TimeOffsets(ctts)
    if (this.times.samples !== this.samples) {
      throw new RangedExtractionError('the numbers of samples with a time and with a size differ')
    }
    if (this.offsets !== undefined && this.offsets.samples !== this.samples) {
      throw new RangedExtractionError('the numbers of samples with a time offset and with a size differ')
    }
    if (boxes.list('stps').length > 0) throw new RangedExtractionError('there are partial sync samples')
    this.sync = readSyncSamples(stss, this.samples)
    this.#places = new SamplePlaces(sizes, requireBody(stsc), stco, co64)
    if (this.#places.findMediaEnd() > fileBytes) throw new RangedExtractionError('the file is cut short')
  }

  /** Memory that the tables occupy, in bytes. */
  get memoryBytes (): number {
    return (
      this.#idleBytes +
      this.times.memoryBytes +
      (this.offsets?.memoryBytes ?? 0) +
      this.sync.memoryBytes +
      this.#places.memoryBytes
    )
  }

  /** Returns the presentation time of a sample in ticks of the media, before edits. */
  ptsOf (sample: number): number {
    return this.times.timeOf(sample) + (this.offsets?.offsetOf(sample) ?? 0)
  }

  /** Smallest and largest offset from decode to presentation time. */
  get minOffset (): number {
    return this.offsets?.min ?? 0
  }

  get maxOffset (): number {
    return this.offsets?.max ?? 0
  }

  /** Returns the payloads of the tables: views of the bytes read, or copies if they are the smaller part of them. */
  #takeBodies (boxes: TrackBoxes): Partial<Record<string, Buffer>> {
    const found = TABLES.flatMap((type) => {
      const body = boxes.find(type)
      return body === undefined ? [] : [[type, body] as const]
    })
    const bytes = found.reduce((sum, [, body]) => sum + body.length, 0)
    const heldBytes = Math.max(0, ...found.map(([, body]) => body.buffer.byteLength))
    const isCopied = bytes < heldBytes / 2
    this.#idleBytes = isCopied ? 0 : heldBytes - bytes
    return Object.fromEntries(found.map(([type, body]) => [type, isCopied ? Buffer.from(body) : body]))
  }

  /**
   * Returns the positions of the samples from `first` to `last`, in decode order.
   *
   * @throws RangedExtractionError for more than 20,000 samples
   */
  locate (first: number, last: number): SamplePlace[] {
    if (last - first >= MAX_RUN) throw new RangedExtractionError('the frame is too many packets behind its key frame')
    return [...this.#places.iterate(first, last)]
  }
}

function requireBody (body: Buffer | undefined): Buffer {
  if (body === undefined) throw new RangedExtractionError('a sample table is missing')
  return body
}
