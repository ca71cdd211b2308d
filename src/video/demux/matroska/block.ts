import { readVint } from './ebml.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** How the frames of a block are separated (RFC 9559, section 10.3): bits 5 and 6 of its flags. */
export type Lacing = 'none' | 'xiph' | 'fixed' | 'ebml'

/** The head of a block (RFC 9559, sections 10.1 and 10.2). */
export interface BlockHead {
  readonly track: number
  /** Relative to the timestamp of the cluster; may be negative. */
  readonly relativeTicks: number
  /** The flag of a SimpleBlock; a Block in a BlockGroup has none. */
  readonly isKey: boolean
  readonly lacing: Lacing
  readonly headBytes: number
}

/** Maximum size of a head: a track number of 8 bytes, a time and the flags. */
export const MAX_BLOCK_HEAD_BYTES = 11

const LACINGS = ['none', 'xiph', 'fixed', 'ebml'] as const
const KEY_FLAG = 0x80

/**
 * Reads the head of a block.
 *
 * @throws RangedExtractionError if it is truncated
 */
export function readBlockHead (data: Buffer): BlockHead {
  const { value: track, bytes } = readVint(data, 0)
  if (data.length < bytes + 3) throw new RangedExtractionError('a block has no head')
  const flags = data.readUInt8(bytes + 2)
  return {
    track,
    relativeTicks: data.readInt16BE(bytes),
    isKey: (flags & KEY_FLAG) !== 0,
    lacing: LACINGS[(flags >> 1) & 3]!,
    headBytes: bytes + 3
  }
}

/**
 * Splits the payload of a block, which is what follows its head, into its frames: views, not copies.
 *
 * @throws RangedExtractionError if the sizes of the frames do not fit the payload
 */
export function splitLace (payload: Buffer, lacing: Lacing): Buffer[] {
  if (lacing === 'none') return [payload]
  if (payload.length === 0) throw new RangedExtractionError('a lace is empty')
  const count = payload.readUInt8(0) + 1
  const { sizes, start } = readSizes(payload, lacing, count)
  let at = start
  return sizes.map((size) => {
    if (size < 0 || at + size > payload.length) throw new RangedExtractionError('a lace is larger than its block')
    at += size
    return payload.subarray(at - size, at)
  })
}

function readSizes (payload: Buffer, lacing: Lacing, count: number): { sizes: number[], start: number } {
  if (lacing === 'fixed') {
    const size = (payload.length - 1) / count
    if (!Number.isInteger(size)) throw new RangedExtractionError('the frames of a lace are not of one size')
    return { sizes: Array<number>(count).fill(size), start: 1 }
  }
  const sizes: number[] = []
  let at = 1
  let total = 0
  while (sizes.length < count - 1) {
    const { size, next } = lacing === 'xiph' ? readXiphSize(payload, at) : readEbmlSize(payload, at, sizes.at(-1))
    sizes.push(size)
    total += size
    at = next
  }
  return { sizes: [...sizes, payload.length - at - total], start: at }
}

function readXiphSize (payload: Buffer, start: number): { size: number, next: number } {
  let size = 0
  for (let at = start; at < payload.length; at++) {
    size += payload[at]!
    if (payload[at] !== 255) return { size, next: at + 1 }
  }
  throw new RangedExtractionError('the sizes of a lace are truncated')
}

/** The first size is a number, and each further one the difference to the one before, as a signed number. */
function readEbmlSize (payload: Buffer, at: number, previous: number | undefined): { size: number, next: number } {
  const { value, bytes } = readVint(payload, at)
  const size = previous === undefined ? value : previous + value - (2 ** (7 * bytes - 1) - 1)
  return { size, next: at + bytes }
}
