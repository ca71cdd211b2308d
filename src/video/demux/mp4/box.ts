import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/**
 * Position of a box in an ISO base media file (ISO/IEC 14496-12, section 4.2). Offsets count from the start of the
 * file.
 */
export interface Box {
  readonly type: string
  /** Offset of the header. */
  readonly start: number
  /** Offset of the payload. */
  readonly bodyStart: number
  /** Offset behind the last byte; never behind the end of the parent. */
  readonly end: number
}

/** Bytes of a file, and their offset in it. */
export interface Window {
  readonly offset: number
  readonly data: Buffer
}

/** A box header takes 8 bytes, or 16 with a 64-bit size. */
export const MAX_HEADER_BYTES = 16

/**
 * Reads the header of the box at `start`.
 *
 * @param end end of the parent, or of the file
 * @throws RangedExtractionError if the header is outside the window, or its size is less than the header or exceeds
 * the parent
 */
export function readBox (window: Window, start: number, end: number): Box {
  const box = readClaim(window, start, end)
  if (box.end > end) throw new RangedExtractionError(`the box ${nameOf(box)} exceeds its parent`)
  return box
}

/**
 * Reads the header like `readBox`, but clamps a box that exceeds its parent.
 *
 * @throws RangedExtractionError if the header is outside the window, or its size is less than the header
 */
export function readBoxUpTo (window: Window, start: number, end: number): Box {
  const box = readClaim(window, start, end)
  return { ...box, end: Math.min(box.end, end) }
}

/** A box header as declared. `end` may exceed 2^53 and is then only approximate; the caller clamps it to the parent. */
function readClaim ({ offset, data }: Window, start: number, end: number): Box {
  const at = start - offset
  if (at < 0 || at + 8 > data.length) {
    throw new RangedExtractionError('a box header is outside the bytes that were read')
  }
  const size32 = data.readUInt32BE(at)
  const type = data.toString('latin1', at + 4, at + 8)
  if (size32 === 0) return { type, start, bodyStart: start + 8, end }
  if (size32 !== 1) return checkBox({ type, start, bodyStart: start + 8, end: start + size32 })
  if (at + 16 > data.length) throw new RangedExtractionError('a box header is outside the bytes that were read')
  // Numbers that lose precision here lie behind the end of every file.
  return checkBox({ type, start, bodyStart: start + 16, end: start + Number(data.readBigUInt64BE(at + 8)) })
}

/**
 * Yields the boxes between two offsets of a window, in order. Ignores a rest shorter than a header.
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

function checkBox (box: Box): Box {
  if (box.end < box.bodyStart) throw new RangedExtractionError(`the box ${nameOf(box)} is smaller than its header`)
  return box
}

/**
 * Returns the payload of a box, as a view.
 *
 * @throws RangedExtractionError if it is shorter than `minBytes` or partly outside the window
 */
export function readBody (window: Window, box: Box, minBytes = 0): Buffer {
  const { offset, data } = window
  if (!isWithin(window, box.bodyStart, box.end)) {
    throw new RangedExtractionError(`the box ${nameOf(box)} is outside the bytes that were read`)
  }
  if (box.end - box.bodyStart < minBytes) throw new RangedExtractionError(`the box ${nameOf(box)} is cut short`)
  return data.subarray(box.bodyStart - offset, box.end - offset)
}

/** Returns whether a window holds all bytes from `start` up to but not including `end`. */
export function isWithin ({ offset, data }: Window, start: number, end: number): boolean {
  return start >= offset && end <= offset + data.length
}

/** Returns the escaped type of a box for a message, because the four bytes of a file may be anything. */
function nameOf ({ type }: Box): string {
  return /^[\x20-\x7e]{4}$/.test(type) ? type : `0x${Buffer.from(type, 'latin1').toString('hex')}`
}
