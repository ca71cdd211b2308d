import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/**
 * One box of an ISO base media file (ISO/IEC 14496-12, section 4.2), by where it lies. Offsets count from the file's
 * start.
 */
export interface Box {
  readonly type: string
  /** Of the header. */
  readonly start: number
  /** Of the payload. */
  readonly bodyStart: number
  /** One past the last byte; never past the parent's end. */
  readonly end: number
}

/** Bytes of a file that begin at `offset` in it. */
export interface Window {
  readonly offset: number
  readonly data: Buffer
}

/** A box header takes 8 bytes, or 16 where the size is a 64-bit one. */
export const MAX_HEADER_BYTES = 16

/**
 * Reads the header of the box at `start`.
 *
 * @param end where the parent ends, or the file
 * @throws RangedExtractionError where the header is not in the window, or its size is less than itself or more than
 * its parent
 */
export function readBox (window: Window, start: number, end: number): Box {
  const box = readClaim(window, start, end)
  if (box.end > end) throw new RangedExtractionError(`the box ${nameOf(box)} is larger than what holds it`)
  return box
}

/**
 * As `readBox`, but a box that claims to be larger than what holds it ends with that.
 *
 * @throws RangedExtractionError where the header is not in the window, or its size is less than itself
 */
export function readBoxUpTo (window: Window, start: number, end: number): Box {
  const box = readClaim(window, start, end)
  return { ...box, end: Math.min(box.end, end) }
}

/** A box as it is claimed; its end is no exact number where it is far past the parent's. */
function readClaim ({ offset, data }: Window, start: number, end: number): Box {
  const at = start - offset
  if (at < 0 || at + 8 > data.length) throw new RangedExtractionError('a box header lies outside of what was read')
  const size32 = data.readUInt32BE(at)
  const type = data.toString('latin1', at + 4, at + 8)
  if (size32 === 0) return { type, start, bodyStart: start + 8, end }
  if (size32 !== 1) return checkBox({ type, start, bodyStart: start + 8, end: start + size32 })
  if (at + 16 > data.length) throw new RangedExtractionError('a box header lies outside of what was read')
  // What is rounded here is past the end of every file.
  return checkBox({ type, start, bodyStart: start + 16, end: start + Number(data.readBigUInt64BE(at + 8)) })
}

/**
 * The boxes between two offsets of a window, one after the other; fewer bytes than a header at the end are passed over.
 *
 * @throws RangedExtractionError as `readBox`, and past `maxCount` boxes
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
 * The payload of a box; a view, not a copy.
 *
 * @throws RangedExtractionError where it is shorter than `minBytes` or not in the window as a whole
 */
export function readBody (window: Window, box: Box, minBytes = 0): Buffer {
  const { offset, data } = window
  if (!isWithin(window, box.bodyStart, box.end)) {
    throw new RangedExtractionError(`the box ${nameOf(box)} lies outside of what was read`)
  }
  if (box.end - box.bodyStart < minBytes) throw new RangedExtractionError(`the box ${nameOf(box)} is cut short`)
  return data.subarray(box.bodyStart - offset, box.end - offset)
}

/** Whether a window holds all the bytes from `start` up to but not including `end`. */
export function isWithin ({ offset, data }: Window, start: number, end: number): boolean {
  return start >= offset && end <= offset + data.length
}

/** A type for a message: four letters of a stranger's file may be anything. */
function nameOf ({ type }: Box): string {
  return /^[\x20-\x7e]{4}$/.test(type) ? type : `0x${Buffer.from(type, 'latin1').toString('hex')}`
}
