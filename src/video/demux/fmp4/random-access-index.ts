import { type Window, iterateBoxes, readBox } from '../mp4/box.ts'
import type { SeekPoint } from './seek-points.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const MFRO_BYTES = 16

/**
 * Finds the start of the `mfra` box by the `mfro` box, the last 16 bytes of a file that has one (ISO/IEC 14496-12,
 * section 8.8.11).
 *
 * @param tail ends with the file
 */
export function findRandomAccessIndex ({ offset, data }: Window): number | undefined {
  const at = data.length - MFRO_BYTES
  if (at < 0 || data.readUInt32BE(at) !== MFRO_BYTES || data.toString('latin1', at + 4, at + 8) !== 'mfro') {
    return undefined
  }
  const start = offset + data.length - data.readUInt32BE(at + 12)
  return start >= 0 && start < offset + at ? start : undefined
}

/**
 * Reads the seek points of a track from an `mfra` box, where they are in the `tfra` box of the track (section
 * 8.8.10). By the standard their times are those of sync samples; some writers list every fragment.
 *
 * @param window holds the whole box
 * @param start offset of `mfra`
 * @returns an empty list if the track has no `tfra`
 * @throws RangedExtractionError if a box is truncated
 */
export function readRandomAccessIndex (window: Window, start: number, trackId: number): SeekPoint[] {
  const { offset, data } = window
  const end = offset + data.length
  const mfra = readBox(window, start, end)
  if (mfra.type !== 'mfra') throw new RangedExtractionError('the box mfro does not point to an mfra box')
  for (const box of iterateBoxes(window, mfra.bodyStart, mfra.end)) {
    if (box.type !== 'tfra') continue
    const at = box.bodyStart - offset
    const available = box.end - box.bodyStart
    if (available < 16) throw new RangedExtractionError('the box tfra is truncated')
    if (data.readUInt32BE(at + 4) !== trackId) continue
    const isLong = data.readUInt8(at) === 1
    const lengths = data.readUInt32BE(at + 8)
    const numberBytes = [4, 2, 0].reduce((sum, shift) => sum + ((lengths >>> shift) & 3) + 1, 0)
    const rowBytes = (isLong ? 16 : 8) + numberBytes
    const rowCount = data.readUInt32BE(at + 12)
    if (rowCount * rowBytes > available - 16) throw new RangedExtractionError('the box tfra is truncated')
    return Array.from({ length: rowCount }, (_, index) => {
      const row = at + 16 + index * rowBytes
      return isLong
        ? { ticks: Number(data.readBigUInt64BE(row)), offset: Number(data.readBigUInt64BE(row + 8)) }
        : { ticks: data.readUInt32BE(row), offset: data.readUInt32BE(row + 4) }
    })
  }
  return []
}
