import { BitReader, unescapePayload } from './bit-reader.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

/** Fields of a sequence parameter set that are needed to parse a slice header (Rec. ITU-T H.264, section 7.3.2.1.1). */
export interface SequenceParameters {
  readonly id: number
  readonly hasSeparateColourPlanes: boolean
  readonly frameNumBits: number
  /** `frame_mbs_only_flag`: no picture is a field. */
  readonly isFramesOnly: boolean
  /** Size in pixels, after cropping. */
  readonly width: number
  readonly height: number
}

/** Start of a slice header (section 7.3.3). */
export interface SliceStart {
  readonly isIntra: boolean
  /** Field of the frame that the slice belongs to; `frame`: both. */
  readonly structure: 'frame' | 'top' | 'bottom'
}

/** Parameter sets by id. */
export interface ParameterSets {
  readonly sequences: Map<number, SequenceParameters>
  /** Id of the sequence parameter set of each picture parameter set. */
  readonly pictures: Map<number, number>
}

const SPS = 7
const PPS = 8
const MAX_SPS_BYTES = 2048
const MAX_START_BYTES = 64

/** Profiles whose parameter sets have a chroma format and may have scaling lists (section 7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/**
 * Reads the parameter sets of an `avcC` record (ISO/IEC 14496-15, section 5.3.3.1).
 *
 * @throws RangedExtractionError if they are malformed
 */
export function readParameterSets (avcC: Buffer): ParameterSets {
  const sets: ParameterSets = { sequences: new Map(), pictures: new Map() }
  let at = 5
  for (const mask of [0x1f, 0xff]) {
    const count = (avcC[at++] ?? 0) & mask
    for (let set = 0; set < count; set++) {
      if (at + 2 > avcC.length) throw new RangedExtractionError('the decoder configuration ends too early')
      const start = at + 2
      at = start + avcC.readUInt16BE(at)
      if (at > avcC.length) throw new RangedExtractionError('the decoder configuration ends too early')
      takeParameterSet(sets, avcC.subarray(start, at))
    }
  }
  return sets
}

/**
 * Adds a NAL unit to the sets if it is a parameter set.
 *
 * @returns whether it is a parameter set
 * @throws RangedExtractionError if it is malformed
 */
export function takeParameterSet ({ sequences, pictures }: ParameterSets, unit: Buffer): boolean {
  const type = (unit[0] ?? 0) & 0x1f
  if (type === SPS) {
    const sequence = parseSequence(new BitReader(unescapePayload(unit.subarray(1), MAX_SPS_BYTES)))
    sequences.set(sequence.id, sequence)
  } else if (type === PPS) {
    const bits = new BitReader(unescapePayload(unit.subarray(1), MAX_START_BYTES))
    pictures.set(bits.readUnsignedGolomb(), bits.readUnsignedGolomb())
  }
  return type === SPS || type === PPS
}

function parseSequence (bits: BitReader): SequenceParameters {
  const profile = bits.readBits(8)
  bits.readBits(16)
  const id = bits.readUnsignedGolomb()
  const { chromaFormat, hasSeparateColourPlanes } = HIGH_PROFILES.has(profile) ? readHighProfile(bits) : PLAIN_CHROMA
  const frameNumBits = bits.readUnsignedGolomb() + 4
  const orderType = bits.readUnsignedGolomb()
  if (orderType === 0) bits.readUnsignedGolomb()
  if (orderType === 1) {
    bits.readFlag()
    bits.readSignedGolomb()
    bits.readSignedGolomb()
    for (let left = Math.min(255, bits.readUnsignedGolomb()); left > 0; left--) bits.readSignedGolomb()
  }
  bits.readUnsignedGolomb() // max_num_ref_frames
  bits.readFlag() // gaps_in_frame_num_value_allowed_flag
  const macroblocksAcross = bits.readUnsignedGolomb() + 1
  const mapUnitsDown = bits.readUnsignedGolomb() + 1
  const isFramesOnly = bits.readFlag()
  if (!isFramesOnly) bits.readFlag() // mb_adaptive_frame_field_flag
  bits.readFlag() // direct_8x8_inference_flag
  const unitsPerField = isFramesOnly ? 1 : 2
  const cropped = readCropping(bits, hasSeparateColourPlanes ? 0 : chromaFormat, unitsPerField)
  return {
    id,
    hasSeparateColourPlanes,
    frameNumBits,
    isFramesOnly,
    width: 16 * macroblocksAcross - cropped.across,
    height: 16 * mapUnitsDown * unitsPerField - cropped.down
  }
}

/** Returns the size cropped by `frame_crop_*_offset`, whose unit is chroma samples (equations 7-19 to 7-22). */
function readCropping (bits: BitReader, chromaFormat: number, unitsPerField: number): { across: number, down: number } {
  if (!bits.readFlag()) return { across: 0, down: 0 }
  const [left, right, top, bottom] = [
    bits.readUnsignedGolomb(),
    bits.readUnsignedGolomb(),
    bits.readUnsignedGolomb(),
    bits.readUnsignedGolomb()
  ]
  const unitAcross = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1
  const unitDown = (chromaFormat === 1 ? 2 : 1) * unitsPerField
  return { across: (left + right) * unitAcross, down: (top + bottom) * unitDown }
}

/** 4:2:0, the implicit format of other profiles (section 7.4.2.1.1). */
const PLAIN_CHROMA = { chromaFormat: 1, hasSeparateColourPlanes: false }

function readHighProfile (bits: BitReader): typeof PLAIN_CHROMA {
  const chromaFormat = bits.readUnsignedGolomb()
  const hasSeparateColourPlanes = chromaFormat === 3 && bits.readFlag()
  bits.readUnsignedGolomb()
  bits.readUnsignedGolomb()
  bits.readFlag()
  if (bits.readFlag()) {
    for (let list = 0; list < (chromaFormat === 3 ? 12 : 8); list++) {
      if (bits.readFlag()) passScalingList(bits, list < 6 ? 16 : 64)
    }
  }
  return { chromaFormat, hasSeparateColourPlanes }
}

/** Skips a scaling list (section 7.3.2.1.1.1), which ends at a scale of 0. */
function passScalingList (bits: BitReader, size: number): void {
  let last = 8
  for (let place = 0; place < size; place++) {
    last = (last + bits.readSignedGolomb() + 256) % 256
    if (last === 0) return
  }
}

/**
 * Reads the start of a slice header.
 *
 * @throws RangedExtractionError if its parameter sets are missing, or it ends too early
 */
export function readSliceStart ({ sequences, pictures }: ParameterSets, unit: Buffer): SliceStart {
  const bits = new BitReader(unescapePayload(unit.subarray(1), MAX_START_BYTES))
  bits.readUnsignedGolomb() // first_mb_in_slice
  const isIntra = [2, 4].includes(bits.readUnsignedGolomb() % 5)
  const sequence = sequences.get(pictures.get(bits.readUnsignedGolomb()) ?? -1)
  if (sequence === undefined) throw new RangedExtractionError('a slice refers to a missing parameter set')
  if (sequence.isFramesOnly) return { isIntra, structure: 'frame' }
  if (sequence.hasSeparateColourPlanes) bits.readBits(2)
  bits.readBits(Math.min(16, sequence.frameNumBits))
  const isField = bits.readFlag()
  return { isIntra, structure: isField ? (bits.readFlag() ? 'bottom' : 'top') : 'frame' }
}
