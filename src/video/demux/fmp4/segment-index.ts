import type { Box, Window } from '../mp4/box.ts'
import type { SeekPoint } from './seek-points.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const REFERENCE_BYTES = 12

/** A parsed `sidx` box (ISO/IEC 14496-12, section 8.16.3). */
export interface SegmentIndex {
  readonly trackId: number
  readonly timescale: number
  /** Start of each subsegment, in ticks of `timescale`; one that a further `sidx` divides has one entry too. */
  readonly seekPoints: readonly SeekPoint[]
  /** Offset of the end of the last subsegment. */
  readonly end: number
}

/**
 * Reads a `sidx`.
 *
 * @param window holds the whole box
 * @throws RangedExtractionError if it is truncated or has no timescale
 */
export function readSegmentIndex ({ offset, data }: Window, box: Box): SegmentIndex {
  const at = box.bodyStart - offset
  const available = box.end - box.bodyStart
  const isLong = available >= 1 && data.readUInt8(at) === 1
  const headBytes = isLong ? 32 : 24
  if (available < headBytes) throw new RangedExtractionError('the box sidx is truncated')
  const referenceCount = data.readUInt16BE(at + headBytes - 2)
  if (referenceCount * REFERENCE_BYTES > available - headBytes) {
    throw new RangedExtractionError('the box sidx is truncated')
  }
  const timescale = data.readUInt32BE(at + 8)
  if (timescale === 0) throw new RangedExtractionError('the box sidx has no timescale')

  let ticks = isLong ? Number(data.readBigUInt64BE(at + 12)) : data.readUInt32BE(at + 12)
  let start = box.end + (isLong ? Number(data.readBigUInt64BE(at + 20)) : data.readUInt32BE(at + 16))
  const seekPoints: SeekPoint[] = []
  for (let index = 0; index < referenceCount; index++) {
    const row = at + headBytes + index * REFERENCE_BYTES
    seekPoints.push({ offset: start, ticks })
    start += data.readUInt32BE(row) & 0x7fffffff
    ticks += data.readUInt32BE(row + 4)
  }
  return { trackId: data.readUInt32BE(at + 4), timescale, seekPoints, end: start }
}
