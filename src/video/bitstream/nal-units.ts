import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { TrackInfo } from '../media/track.ts'

/**
 * How H.264 and HEVC lie in a packet of a clip: units, each behind its length (ISO/IEC 14496-15, sections 5.3.4.2 and
 * 8.3.3.1).
 */
export type LengthBytes = 1 | 2 | 4

const MAX_UNITS = 10_000

/**
 * How many bytes a unit's length takes: `lengthSizeMinusOne`, byte 4 of `avcC` and byte 21 of `hvcC`.
 *
 * @throws RangedExtractionError where the codec has no such units, or the record is too short or says 3, which is
 * forbidden
 */
export function readLengthBytes ({ codec, codecConfig }: Pick<TrackInfo, 'codec' | 'codecConfig'>): LengthBytes {
  if (codec !== 'h264' && codec !== 'hevc') throw new RangedExtractionError(`${codec} has no NAL units`)
  const byte = codecConfig[codec === 'h264' ? 4 : 21]
  const lengthBytes = byte === undefined ? 0 : (byte & 3) + 1
  if (lengthBytes !== 1 && lengthBytes !== 2 && lengthBytes !== 4) {
    throw new RangedExtractionError('the decoder configuration does not say how long a NAL length is')
  }
  return lengthBytes
}

/**
 * The units of one packet, without their lengths; views, not copies.
 *
 * @throws RangedExtractionError where a unit is empty or ends past the packet, where bytes are left over, and past
 * 10,000 units
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
