import { PosterframeError } from '../../../errors.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Sizes of the samples in bytes (`stsz`, `stz2`; ISO/IEC 14496-12, section 8.7.3). */
export interface SampleSizes {
  readonly length: number
  readonly memoryBytes: number
  sizeOf(sample: number): number
}

/** More samples than any real video has; ffmpeg, which expands tables, would take gigabytes for them. */
const MAX_SAMPLES = 15_000_000

/**
 * Reads `stsz`, or `stz2` if there is none.
 *
 * @throws PosterframeError `video_limits_exceeded` for a tiny table that declares millions of samples
 * @throws RangedExtractionError if there are fewer sizes than declared
 */
export function readSampleSizes (stsz: Buffer | undefined, stz2: Buffer | undefined, fileBytes: number): SampleSizes {
  const body = stsz ?? stz2
  if (body === undefined || body.length < 12) throw new RangedExtractionError('the samples have no sizes')
  const length = body.readUInt32BE(8)
  const fixedBytes = stsz === undefined ? 0 : body.readUInt32BE(4)
  if (fixedBytes > 0) {
    if (length > MAX_SAMPLES) {
      throw new PosterframeError('video_limits_exceeded', {
        detail: `The video declares ${length} frames; at most ${MAX_SAMPLES} are supported. Split the video.`
      })
    }
    if (fixedBytes * length > fileBytes) throw new RangedExtractionError('the samples are larger than the file')
    return { length, memoryBytes: 0, sizeOf: () => fixedBytes }
  }
  const bits = stsz === undefined ? body.readUInt8(7) : 32
  if (length * bits > (body.length - 12) * 8) throw new RangedExtractionError('the table of sample sizes is truncated')
  const table = body.subarray(12, 12 + Math.ceil((length * bits) / 8))
  return { length, memoryBytes: table.length, sizeOf: createSizeReader(table, bits) }
}

function createSizeReader (table: Buffer, bits: number): (sample: number) => number {
  switch (bits) {
    case 32:
      return (sample) => table.readUInt32BE(sample * 4)
    case 16:
      return (sample) => table.readUInt16BE(sample * 2)
    case 8:
      return (sample) => table.readUInt8(sample)
    case 4:
      return (sample) => (table.readUInt8(sample >>> 1) >>> (sample % 2 === 0 ? 4 : 0)) & 15
    default:
      throw new RangedExtractionError('the sample sizes have an invalid width')
  }
}
