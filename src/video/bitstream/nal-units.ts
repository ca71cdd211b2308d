import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { TrackInfo } from '../media/track.ts'

/** Size of the length before each NAL unit of a packet (ISO/IEC 14496-15, sections 5.3.4.2 and 8.3.3.1). */
export type LengthBytes = 1 | 2 | 4

const MAX_UNITS = 10_000

/**
 * Reads the size of the length before each unit: `lengthSizeMinusOne`, byte 4 of `avcC` and byte 21 of `hvcC`.
 *
 * @throws RangedExtractionError if the codec has no NAL units, or the record is truncated or states 3, which is
 * forbidden
 */
export function readLengthBytes ({ codec, codecConfig }: Pick<TrackInfo, 'codec' | 'codecConfig'>): LengthBytes {
  if (codec !== 'h264' && codec !== 'hevc') throw new RangedExtractionError(`${codec} has no NAL units`)
  const byte = codecConfig[codec === 'h264' ? 4 : 21]
  const lengthBytes = byte === undefined ? 0 : (byte & 3) + 1
  if (lengthBytes !== 1 && lengthBytes !== 2 && lengthBytes !== 4) {
    throw new RangedExtractionError('the decoder configuration has no valid NAL length size')
  }
  return lengthBytes
}

/**
 * Iterates over the units of a packet, without their lengths: views, not copies.
 *
 * @throws RangedExtractionError if a unit is empty or ends past the packet, if bytes are left over, and past 10,000
 * units
 */
export function * iterateNalUnits (packet: Buffer, lengthBytes: LengthBytes): Generator<Buffer> {
  let count = 0
  for (let at = 0; at < packet.length;) {
    const start = at + lengthBytes
    if (start > packet.length) throw new RangedExtractionError('a packet ends within the length of a NAL unit')
    const end = start + packet.readUIntBE(at, lengthBytes)
    if (end === start) throw new RangedExtractionError('a NAL unit is empty')
    if (end > packet.length) throw new RangedExtractionError('a NAL unit is longer than its packet')
    if (++count > MAX_UNITS) throw new RangedExtractionError('a packet has too many NAL units')
    yield packet.subarray(start, end)
    at = end
  }
}
