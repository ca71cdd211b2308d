import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

const SPS = 7
const PPS = 8
const MAX_UNITS = 10_000
const MAX_SETS = 31
const START_CODE = Buffer.from([0, 0, 1])
/** Version, `lengthSizeMinusOne` 3 and the reserved bits of an avcC record (ISO/IEC 14496-15, section 5.3.3.1). */
const AVCC_VERSION = 1
const FOUR_BYTE_LENGTHS = 0xff

/** Returns whether a packet begins with a start code (Rec. ITU-T H.264, annex B). */
export function isAnnexB (data: Buffer): boolean {
  return data.length >= 4 && (data.readUInt32BE(0) === 1 || data.readUIntBE(0, 3) === 1)
}

/**
 * Splits a byte stream (Rec. ITU-T H.264, annex B) into its NAL units: views, not copies.
 *
 * @throws RangedExtractionError if it does not begin with a start code, and past 10,000 units
 */
export function splitAnnexB (data: Buffer): Buffer[] {
  if (!isAnnexB(data)) throw new RangedExtractionError('a packet does not begin with a start code')
  const units: Buffer[] = []
  for (let code = data.indexOf(START_CODE); code !== -1;) {
    const start = code + START_CODE.length
    const next = data.indexOf(START_CODE, start)
    let end = next === -1 ? data.length : next
    // The last byte of a unit is not 0: zeros belong to the next start code, or fill up.
    while (end > start && data[end - 1] === 0) end--
    if (end > start) units.push(data.subarray(start, end))
    if (units.length > MAX_UNITS) throw new RangedExtractionError('a packet has too many NAL units')
    code = next
  }
  return units
}

/**
 * Converts a byte stream to the form of MP4: each NAL unit after its length, in 4 bytes.
 *
 * @throws RangedExtractionError as `splitAnnexB`
 */
export function toLengthPrefixed (data: Buffer): Buffer {
  return Buffer.concat(
    splitAnnexB(data).flatMap((unit) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(unit.length)
      return [length, unit]
    })
  )
}

/**
 * Builds the avcC record of an H.264 track whose parameter sets are in its packets, for packets that
 * `toLengthPrefixed` has converted.
 *
 * @param keyFrame the first key frame, as a byte stream
 * @returns undefined if it has no parameter sets
 * @throws RangedExtractionError as `splitAnnexB`
 */
export function buildAvcConfig (keyFrame: Buffer): Buffer | undefined {
  const units = splitAnnexB(keyFrame)
  const [sequences, pictures] = [SPS, PPS].map((type) => units.filter((unit) => (unit.readUInt8(0) & 0x1f) === type))
  const sequence = sequences?.[0]
  if (sequences === undefined || pictures === undefined) return undefined
  if (sequence === undefined || sequence.length < 4) return undefined
  if (pictures.length === 0 || Math.max(sequences.length, pictures.length) > MAX_SETS) return undefined
  return Buffer.concat([
    Buffer.from([AVCC_VERSION]),
    sequence.subarray(1, 4),
    Buffer.from([FOUR_BYTE_LENGTHS, 0xe0 | sequences.length]),
    ...sequences.flatMap(withLength),
    Buffer.from([pictures.length]),
    ...pictures.flatMap(withLength)
  ])
}

function withLength (set: Buffer): Buffer[] {
  const length = Buffer.alloc(2)
  if (set.length > 0xffff) throw new RangedExtractionError('a parameter set is too large')
  length.writeUInt16BE(set.length)
  return [length, set]
}
