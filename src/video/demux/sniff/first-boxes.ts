import type { ByteReader } from '../../source/byte-source.ts'

/** Boxes that only ISO base media files begin with. */
const FIRST_BOXES = new Set(['ftyp', 'styp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide', 'pnot', 'sidx', 'uuid'])
/** Boxes that prove such a file behind others, which some recorders and editors write in front. */
const PROOFS = new Set(['ftyp', 'moov', 'moof'])
/** Brands of still images (ISO/IEC 23008-12), which consist of the same boxes. */
const IMAGE_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'mif1', 'avif', 'jpeg', 'crx '])
const MAX_BOXES = 16
const MAX_READS = 6
/** A box header with a size of 64 bits, and the brand of `ftyp`. */
const HEADER_BYTES = 16

/**
 * Returns the kind of ISO base media file that the boxes of the head show: undefined if it is none or a still picture,
 * `'unknown'` if the head ends before the first box that shows it.
 */
export function detectBoxes (head: Buffer): 'mp4' | 'mov' | 'unknown' | undefined {
  for (let at = 0, count = 0; count < MAX_BOXES; count++) {
    if (at + HEADER_BYTES > head.length) return count === 0 ? undefined : 'unknown'
    const step = judgeBox(head.subarray(at, at + HEADER_BYTES), count === 0)
    if (step.kind !== undefined) return step.kind
    if (step.bytes === undefined) return undefined
    at += step.bytes
  }
  return undefined
}

/** Like `detectBoxes` for a whole file: reads the headers of its first boxes, with at most `MAX_READS` requests. */
export async function detectBoxesOf (source: ByteReader): Promise<'mp4' | 'mov' | undefined> {
  for (let at = 0, count = 0; count < MAX_READS && at + HEADER_BYTES <= source.size; count++) {
    const step = judgeBox(await source.read(at, at + HEADER_BYTES), count === 0)
    if (step.kind !== undefined || step.bytes === undefined) return step.kind
    at += step.bytes
  }
  return undefined
}

/** Returns what a box header shows, or else the size of the box to walk over; neither if it is no box. */
function judgeBox (
  header: Buffer,
  isFirst: boolean
): { readonly kind?: 'mp4' | 'mov' | undefined, readonly bytes?: number | undefined } {
  const size = header.readUInt32BE(0)
  const type = header.toString('latin1', 4, 8)
  const isLong = size === 1
  if (size !== 0 && !isLong && size < 8) return {}
  if (type === 'ftyp') return judgeBrand(header.toString('latin1', 8, 12))
  if (PROOFS.has(type) || (isFirst && FIRST_BOXES.has(type))) return { kind: 'mov' }
  // A box of size 0 is the last one.
  if (size === 0 || !/^[\x20-\x7e]{4}$/.test(type)) return {}
  const bytes = isLong ? Number(header.readBigUInt64BE(8)) : size
  return bytes >= (isLong ? 16 : 8) ? { bytes } : {}
}

function judgeBrand (brand: string): { readonly kind?: 'mp4' | 'mov' } {
  if (IMAGE_BRANDS.has(brand)) return {}
  return { kind: brand === 'qt  ' ? 'mov' : 'mp4' }
}
