import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** A box of an ISO base media file (ISO/IEC 14496-12, section 4.2). Its offsets count from the start of the file. */
export interface Box {
  readonly type: string
  /** Offset of the header. */
  readonly start: number
  /** Offset of the payload. */
  readonly bodyStart: number
  /** One past the last byte; never past the end of the parent. */
  readonly end: number
}

/** Bytes of a file, and their offset in it. */
export interface Window {
  readonly offset: number
  readonly data: Buffer
}

/** Size of a box header: 8 bytes, or 16 if the size has 64 bits. */
export const MAX_HEADER_BYTES = 16

/**
 * Reads the header of the box at `start`.
 *
 * @param end the end of the parent, or of the file
 * @throws RangedExtractionError if the header is not in the window, or the declared size is less than the header or
 * exceeds the parent
 */
export function readBox (window: Window, start: number, end: number): Box {
  const box = readHeader(window, start, end)
  if (box.end > end) throw new RangedExtractionError(`the box ${nameOf(box)} is larger than its parent`)
  return box
}

/**
 * Like `readBox`, but clamps a box that is declared larger than its parent to the end of that.
 *
 * @throws RangedExtractionError if the header is not in the window, or the declared size is less than the header
 */
export function readBoxUpTo (window: Window, start: number, end: number): Box {
  const box = readHeader(window, start, end)
  return { ...box, end: Math.min(box.end, end) }
}

/** Reads a box header as declared. Past 2^53, `end` is only approximate; the caller checks or clamps it. */
function readHeader ({ offset, data }: Window, start: number, end: number): Box {
  const at = start - offset
  if (at < 0 || at + 8 > data.length) throw new RangedExtractionError('a box header is outside of the bytes read')
  const size32 = data.readUInt32BE(at)
  const type = data.toString('latin1', at + 4, at + 8)
  if (size32 === 0) return { type, start, bodyStart: start + 8, end }
  if (size32 !== 1) return assertSize({ type, start, bodyStart: start + 8, end: start + size32 })
  if (at + 16 > data.length) throw new RangedExtractionError('a box header is outside of the bytes read')
  // A size that is rounded here is past the end of every file.
  return assertSize({ type, start, bodyStart: start + 16, end: start + Number(data.readBigUInt64BE(at + 8)) })
}

/**
 * Iterates over the boxes between two offsets of a window. Fewer bytes than a header at the end are skipped.
 *
 * @throws RangedExtractionError as `readBox`, and for more than `maxCount` boxes
 */
export function * iterateBoxes (window: Window, start: number, end: number, maxCount = 1000): Generator<Box> {
  let count = 0
  for (let at = start; at + 8 <= end;) {
    if (++count > maxCount) throw new RangedExtractionError('there are too many boxes')
    const box = readBox(window, at, end)
    yield box
    at = box.end
  }
}

function assertSize (box: Box): Box {
  if (box.end < box.bodyStart) throw new RangedExtractionError(`the box ${nameOf(box)} is smaller than its header`)
  return box
}

/**
 * Returns the payload of a box: a view, not a copy.
 *
 * @throws RangedExtractionError if it is shorter than `minBytes` or not entirely in the window
 */
export function readBody (window: Window, box: Box, minBytes = 0): Buffer {
  const { offset, data } = window
  if (!isWithin(window, box.bodyStart, box.end)) {
    throw new RangedExtractionError(`the box ${nameOf(box)} is outside of the bytes read`)
  }
  if (box.end - box.bodyStart < minBytes) throw new RangedExtractionError(`the box ${nameOf(box)} is truncated`)
  return data.subarray(box.bodyStart - offset, box.end - offset)
}

/** Returns whether a window contains all bytes from `start` up to but not including `end`. */
export function isWithin ({ offset, data }: Window, start: number, end: number): boolean {
  return start >= offset && end <= offset + data.length
}

/** Returns the type for a message. In a file from outside, its four bytes may be anything. */
function nameOf ({ type }: Box): string {
  return /^[\x20-\x7e]{4}$/.test(type) ? type : `0x${Buffer.from(type, 'latin1').toString('hex')}`
}
