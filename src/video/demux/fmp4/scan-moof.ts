import type { ByteRange } from '../../../store/object-store.ts'
import type { Window } from '../mp4/box.ts'
import type { WindowReader } from './window-reader.ts'

/** Bytes that identify a `moof`: its header, an `mfhd`, and the headers of a `traf` and its `tfhd`. */
const MOOF_HEAD_BYTES = 44
/** A larger `moof` is neither recognised nor read. */
export const MAX_MOOF_BYTES = 16 * 1024 * 1024

const MFHD_BYTES = 16
const MIN_SCAN_BYTES = 64 * 1024
const MAX_SCAN_BYTES = 8 * 1024 * 1024
const WINDOWS_PER_FRAGMENT = 4

/**
 * Finds the first `moof` that begins in a range of the file, reading the range in windows. They are large compared to
 * a `moof` and small compared to a fragment, until a fragment should have ended, since bytes past its end are read in
 * vain; then they grow.
 *
 * @param fragmentBytes usual size of a fragment with its data
 */
export async function scanForward (
  reader: WindowReader,
  { start, end }: ByteRange,
  fragmentBytes: number
): Promise<number | undefined> {
  const firstBytes = Math.min(MAX_SCAN_BYTES, Math.max(MIN_SCAN_BYTES, Math.ceil(fragmentBytes / WINDOWS_PER_FRAGMENT)))
  let windowBytes = firstBytes
  for (let at = start; at < end;) {
    const window = await reader.readWindow(at, Math.min(at + windowBytes, end) + MOOF_HEAD_BYTES)
    const offset = scanForMoof({ offset: at, data: window.data.subarray(at - window.offset) })
    if (offset !== undefined) return offset < end ? offset : undefined
    at += windowBytes
    const scannedBytes = at - start
    windowBytes =
      scannedBytes < WINDOWS_PER_FRAGMENT * firstBytes ? firstBytes : Math.min(MAX_SCAN_BYTES, scannedBytes)
  }
  return undefined
}

/**
 * Finds the first `moof` in bytes whose boxes are not known: a `moof` that begins with an `mfhd` of 16 bytes,
 * followed by a `traf` that begins with a `tfhd` and ends within the `moof`.
 *
 * @returns its offset in the file
 */
export function scanForMoof ({ offset, data }: Window): number | undefined {
  const find = (from: number): number => data.indexOf('moof', from, 'latin1')
  for (let at = find(0); at >= 0; at = find(at + 1)) {
    if (isMoof(data, at - 4)) return offset + at - 4
  }
  return undefined
}

function isMoof (data: Buffer, at: number): boolean {
  if (at < 0 || at + MOOF_HEAD_BYTES > data.length) return false
  const typeAt = (start: number): string => data.toString('latin1', start + 4, start + 8)
  const moofBytes = data.readUInt32BE(at)
  if (moofBytes < MOOF_HEAD_BYTES || moofBytes > MAX_MOOF_BYTES) return false
  const mfhd = at + 8
  if (data.readUInt32BE(mfhd) !== MFHD_BYTES || typeAt(mfhd) !== 'mfhd' || data.readUInt32BE(mfhd + 8) !== 0) {
    return false
  }
  const traf = mfhd + MFHD_BYTES
  if (typeAt(traf) !== 'traf' || traf - at + data.readUInt32BE(traf) > moofBytes) return false
  return typeAt(traf + 8) === 'tfhd'
}
