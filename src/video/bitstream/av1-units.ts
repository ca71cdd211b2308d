import { BitReader } from './bit-reader.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

/** An open bitstream unit (AV1 bitstream specification, section 5.3). */
export interface Av1Unit {
  readonly type: number
  readonly payload: Buffer
}

const SEQUENCE_HEADER = 1
const FRAME_HEADER = 3
const FRAME = 6
const KEY_FRAME = 0
const MAX_UNITS = 1000

/**
 * Iterates over the units of a packet or of `av1C`: views, not copies. The last one may omit its size.
 *
 * @throws RangedExtractionError if a unit ends past the packet, and past 1,000 units
 */
export function * iterateAv1Units (data: Buffer): Generator<Av1Unit> {
  let count = 0
  for (let at = 0; at < data.length;) {
    if (++count > MAX_UNITS) throw new RangedExtractionError('a packet has too many open bitstream units')
    const header = data.readUInt8(at)
    if ((header & 0x80) !== 0) throw new RangedExtractionError('an open bitstream unit has a forbidden bit')
    const hasExtension = (header & 4) !== 0
    const hasSize = (header & 2) !== 0
    const sizeAt = at + 1 + (hasExtension ? 1 : 0)
    const [size, start] = hasSize ? readLeb128(data, sizeAt) : [data.length - sizeAt, sizeAt]
    const end = start + size
    if (size < 0 || end > data.length) {
      throw new RangedExtractionError('an open bitstream unit is longer than its packet')
    }
    yield { type: (header >>> 3) & 15, payload: data.subarray(start, end) }
    at = end
  }
}

/**
 * Returns whether the first frame of a packet is a key frame that is shown (section 5.9.2; AV1 in ISO base media
 * files, section 2.4), with a sequence header in the packet or in `av1C`. Decoding cannot start at a key frame that is
 * shown later.
 *
 * @param config payload of `av1C`; may be empty
 * @throws RangedExtractionError as `iterateAv1Units`
 */
export function isAv1KeyFrame (config: Buffer, data: Buffer): boolean {
  let isStill = findStill(iterateAv1Units(config.subarray(AV1C_HEADER_BYTES)))
  for (const { type, payload } of iterateAv1Units(data)) {
    if (type === SEQUENCE_HEADER) isStill = isReducedStill(payload)
    if (type === FRAME_HEADER || type === FRAME) {
      return isStill !== undefined && (isStill || startsWithShownKeyFrame(payload))
    }
  }
  return false
}

const AV1C_HEADER_BYTES = 4

function findStill (units: Iterable<Av1Unit>): boolean | undefined {
  for (const { type, payload } of units) if (type === SEQUENCE_HEADER) return isReducedStill(payload)
  return undefined
}

/**
 * Reads `reduced_still_picture_header` (section 5.5.1), which follows seq_profile and still_picture. If it is set,
 * frame headers do not state their type.
 */
function isReducedStill (payload: Buffer): boolean {
  const bits = new BitReader(payload)
  bits.readBits(4)
  return bits.readFlag()
}

function startsWithShownKeyFrame (payload: Buffer): boolean {
  const bits = new BitReader(payload)
  const showsExisting = bits.readFlag()
  return !showsExisting && bits.readBits(2) === KEY_FRAME && bits.readFlag()
}

/** Reads a number of seven bits per byte, the least significant first (section 4.10.5). */
function readLeb128 (data: Buffer, start: number): [value: number, next: number] {
  let value = 0
  for (let index = 0; index < 8; index++) {
    const byte = data[start + index]
    if (byte === undefined) throw new RangedExtractionError('an open bitstream unit ends within its size')
    value += (byte & 0x7f) * 2 ** (index * 7)
    if (byte < 0x80) return [value, start + index + 1]
  }
  throw new RangedExtractionError('an open bitstream unit has a size out of range')
}
