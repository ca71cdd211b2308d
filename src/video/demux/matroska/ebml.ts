import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** The header of an element (RFC 8794, section 4). */
export interface ElementHeader {
  readonly id: number
  readonly headerBytes: number
  /** Of the body; undefined if the writer did not know it. */
  readonly size: number | undefined
}

/** An element with its body. */
export interface Element {
  readonly id: number
  readonly body: Buffer
}

/** An id takes at most 4 bytes, a size at most 8. */
export const MAX_HEADER_BYTES = 12
const MAX_CHILDREN = 10_000

/**
 * Reads the header of an element.
 *
 * @throws RangedExtractionError if the bytes are not one, or end within it
 */
export function readElementHeader (data: Buffer, at = 0): ElementHeader {
  const idBytes = countBytes(data[at], 4)
  const sizeAt = at + idBytes
  const sizeBytes = countBytes(data[sizeAt], 8)
  if (sizeAt + sizeBytes > data.length) throw new RangedExtractionError('an EBML header is cut off')
  const id = data.readUIntBE(at, idBytes)
  let size = data[sizeAt]! & (0xff >> sizeBytes)
  let isUnknown = size === 0xff >> sizeBytes
  for (let place = sizeAt + 1; place < sizeAt + sizeBytes; place++) {
    size = size * 256 + data[place]!
    isUnknown &&= data[place] === 0xff
  }
  if (!isUnknown && size > Number.MAX_SAFE_INTEGER) {
    throw new RangedExtractionError('an EBML size is larger than any file')
  }
  return { id, headerBytes: idBytes + sizeBytes, size: isUnknown ? undefined : size }
}

/**
 * Lists the elements of a body, one level deep.
 *
 * @throws RangedExtractionError if one is larger than the body, or there are more than 10,000
 */
export function listElements (data: Buffer): Element[] {
  const elements: Element[] = []
  for (let at = 0; at < data.length;) {
    const { id, headerBytes, size } = readElementHeader(data, at)
    const bodyStart = at + headerBytes
    if (size === undefined || bodyStart + size > data.length) {
      throw new RangedExtractionError('an EBML element is larger than what holds it')
    }
    if (elements.length === MAX_CHILDREN) throw new RangedExtractionError('there are too many EBML elements')
    elements.push({ id, body: data.subarray(bodyStart, bodyStart + size) })
    at = bodyStart + size
  }
  return elements
}

/** Maps the elements of a body by id. Of those with the same id the last one counts, as for other demuxers. */
export function mapElements (data: Buffer): ReadonlyMap<number, Buffer> {
  return new Map(listElements(data).map(({ id, body }) => [id, body]))
}

/** Returns an unsigned integer, or `fallback` if there is none. Throws RangedExtractionError past 2^53. */
export function readUnsigned (body: Buffer | undefined, fallback: number): number {
  if (body === undefined || body.length === 0) return fallback
  const value = body.length > 8 ? Infinity : Number(body.length === 8 ? body.readBigUInt64BE() : readLong(body))
  if (value > Number.MAX_SAFE_INTEGER) throw new RangedExtractionError('an EBML number is too large')
  return value
}

/** Returns a floating point number of 4 or 8 bytes, or `fallback` if there is none. */
export function readFloat (body: Buffer | undefined, fallback: number): number {
  if (body?.length === 4) return body.readFloatBE()
  if (body?.length === 8) return body.readDoubleBE()
  return fallback
}

function readLong (body: Buffer): number {
  return body.reduce((value, byte) => value * 256 + byte, 0)
}

/**
 * Reads a number of variable length (RFC 8794, section 4), such as the number of a block's track.
 *
 * @throws RangedExtractionError if it is truncated, or larger than 2^53 - 1
 */
export function readVint (data: Buffer, at: number): { readonly value: number, readonly bytes: number } {
  const bytes = countBytes(data[at], 8)
  if (at + bytes > data.length) throw new RangedExtractionError('an EBML number is cut off')
  let value = data[at]! & (0xff >> bytes)
  for (let place = at + 1; place < at + bytes; place++) value = value * 256 + data[place]!
  if (value > Number.MAX_SAFE_INTEGER) throw new RangedExtractionError('an EBML number is too large')
  return { value, bytes }
}

/** Returns how many bytes a number takes, by the zero bits in front. */
function countBytes (first: number | undefined, max: number): number {
  const count = first === undefined ? Infinity : Math.clz32(first) - 23
  if (count > max) throw new RangedExtractionError('there is no EBML element where one should be')
  return count
}
