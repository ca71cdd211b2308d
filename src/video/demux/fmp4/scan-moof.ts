import type { Window } from '../mp4/box.ts'

/** Bytes that identify a `moof`: its header, an `mfhd` and the header of a `traf` with its `tfhd`. */
export const MOOF_HEAD_BYTES = 44
/** Maximum size of a `moof`. */
export const MAX_MOOF_BYTES = 16 * 1024 * 1024

const MFHD_BYTES = 16

/**
 * Finds a `moof` box in bytes without known box boundaries: a `moof` with an `mfhd` of 16 bytes first, then a `traf`
 * inside it that begins with a `tfhd`.
 *
 * @param direction whether to find the first or the last one in the window
 * @returns its offset in the file
 */
export function scanForMoof ({ offset, data }: Window, direction: 'first' | 'last'): number | undefined {
  const find = (from: number): number =>
    direction === 'first' ? data.indexOf('moof', from, 'latin1') : data.lastIndexOf('moof', from, 'latin1')
  const step = direction === 'first' ? 1 : -1
  for (let at = find(direction === 'first' ? 0 : data.length); at >= 0; at = find(at + step)) {
    if (isMoof(data, at - 4)) return offset + at - 4
    // A negative start would count from the end of the buffer.
    if (direction === 'last' && at === 0) return undefined
  }
  return undefined
}

function isMoof (data: Buffer, at: number): boolean {
  if (at < 0 || at + MOOF_HEAD_BYTES > data.length) return false
  const type = (start: number): string => data.toString('latin1', start + 4, start + 8)
  const moofBytes = data.readUInt32BE(at)
  if (moofBytes < MOOF_HEAD_BYTES || moofBytes > MAX_MOOF_BYTES) return false
  const mfhd = at + 8
  if (data.readUInt32BE(mfhd) !== MFHD_BYTES || type(mfhd) !== 'mfhd' || data.readUInt32BE(mfhd + 8) !== 0) return false
  const traf = mfhd + MFHD_BYTES
  if (type(traf) !== 'traf' || traf - at + data.readUInt32BE(traf) > moofBytes) return false
  return type(traf + 8) === 'tfhd'
}
