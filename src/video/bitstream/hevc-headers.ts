import { BitReader, unescapePayload } from './bit-reader.ts'
import { iterateNalUnits, readLengthBytes } from './nal-units.ts'
import type { Size } from '../media/scaled-size.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

/** The members of a sequence parameter set that are used here (Rec. ITU-T H.265, section 7.3.2.2.1). */
export interface HevcSequence {
  /** In pixels, with the cropped ones. */
  readonly width: number
  readonly height: number
  /** Without the pixels that the conformance window crops. */
  readonly cropped: Size
  /** 0: grey, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4. */
  readonly chromaFormat: number
  /** Bits of a sample of luma or chroma, whichever has more. */
  readonly bitDepth: number
  /** Pictures that a decoder has to store, with the current one. */
  readonly storedPictures: number
  /** Pictures that may wait for their turn to be shown. */
  readonly reorderedPictures: number
}

const SPS = 33
const MAX_SPS_BYTES = 2048
/** Place of the number of arrays in `hvcC` (ISO/IEC 14496-15, section 8.3.3.1). */
const ARRAYS_AT = 22

/**
 * Reads the sequence parameter sets of an `hvcC` record and of a packet.
 *
 * @throws RangedExtractionError if they are malformed
 */
export function readHevcSequences (hvcC: Buffer, packet: Buffer = Buffer.alloc(0)): HevcSequence[] {
  const inPacket = [...iterateNalUnits(packet, readLengthBytes({ codec: 'hevc', codecConfig: hvcC }))]
  return [...listRecordUnits(hvcC), ...inPacket]
    .filter(isBaseSequence)
    .map((unit) => parseSequence(new BitReader(unescapePayload(unit.subarray(2), MAX_SPS_BYTES))))
}

/** Returns whether a NAL unit is a sequence parameter set of the base layer (section 7.3.1.2). */
function isBaseSequence (unit: Buffer): boolean {
  if (unit.length < 2) throw new RangedExtractionError('a NAL unit is shorter than its header')
  const header = unit.readUInt16BE(0)
  return ((header >>> 9) & 0x3f) === SPS && ((header >>> 3) & 0x3f) === 0
}

function listRecordUnits (hvcC: Buffer): Buffer[] {
  const units: Buffer[] = []
  let at = ARRAYS_AT + 1
  for (let arrays = hvcC[ARRAYS_AT] ?? 0; arrays > 0; arrays--) {
    const count = readLength(hvcC, at + 1)
    at += 3
    for (let unit = 0; unit < count; unit++) {
      const start = at + 2
      at = start + readLength(hvcC, at)
      if (at > hvcC.length) throw new RangedExtractionError('the decoder configuration is truncated')
      units.push(hvcC.subarray(start, at))
    }
  }
  return units
}

function readLength (hvcC: Buffer, at: number): number {
  if (at + 2 > hvcC.length) throw new RangedExtractionError('the decoder configuration is truncated')
  return hvcC.readUInt16BE(at)
}

function parseSequence (bits: BitReader): HevcSequence {
  bits.readBits(4) // sps_video_parameter_set_id
  const subLayers = bits.readBits(3)
  bits.readFlag() // sps_temporal_id_nesting_flag
  skipProfile(bits, subLayers)
  bits.readUnsignedGolomb() // sps_seq_parameter_set_id
  const chromaFormat = bits.readUnsignedGolomb()
  if (chromaFormat === 3) bits.readFlag() // separate_colour_plane_flag
  const width = bits.readUnsignedGolomb()
  const height = bits.readUnsignedGolomb()
  const [left, right, top, bottom] = bits.readFlag() ? readOffsets(bits) : [0, 0, 0, 0]
  // The offsets count chroma samples (table 6-1).
  const cropped = {
    width: width - (left + right) * (chromaFormat === 1 || chromaFormat === 2 ? 2 : 1),
    height: height - (top + bottom) * (chromaFormat === 1 ? 2 : 1)
  }
  const bitDepth = 8 + Math.max(bits.readUnsignedGolomb(), bits.readUnsignedGolomb())
  bits.readUnsignedGolomb() // log2_max_pic_order_cnt_lsb_minus4
  const ordered = bits.readFlag() ? subLayers + 1 : 1
  let [storedPictures, reorderedPictures] = [1, 0]
  for (let layer = 0; layer < ordered; layer++) {
    storedPictures = Math.max(storedPictures, bits.readUnsignedGolomb() + 1)
    reorderedPictures = Math.max(reorderedPictures, bits.readUnsignedGolomb())
    bits.readUnsignedGolomb() // sps_max_latency_increase_plus1
  }
  return { width, height, cropped, chromaFormat, bitDepth, storedPictures, reorderedPictures }
}

const readOffsets = (bits: BitReader): [number, number, number, number] => [
  bits.readUnsignedGolomb(),
  bits.readUnsignedGolomb(),
  bits.readUnsignedGolomb(),
  bits.readUnsignedGolomb()
]

/** Bits of a profile (section 7.3.3), without its level. */
const PROFILE_BITS = 88
const LEVEL_BITS = 8

function skipProfile (bits: BitReader, subLayers: number): void {
  skip(bits, PROFILE_BITS + LEVEL_BITS)
  const present = Array.from({ length: subLayers }, () => [bits.readFlag(), bits.readFlag()] as const)
  if (subLayers > 0) skip(bits, 2 * (8 - subLayers))
  for (const [hasProfile, hasLevel] of present) {
    skip(bits, (hasProfile ? PROFILE_BITS : 0) + (hasLevel ? LEVEL_BITS : 0))
  }
}

function skip (bits: BitReader, count: number): void {
  for (let left = count; left > 0; left -= 8) bits.readBits(Math.min(8, left))
}
