import { BitReader, unescapePayload } from './bit-reader.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

/** The members of a sequence parameter set that are used here (Rec. ITU-T H.264, section 7.3.2.1.1). */
export interface SequenceParameters {
  readonly id: number
  readonly hasSeparateColourPlanes: boolean
  readonly frameNumBits: number
  /** 0: grey, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4. */
  readonly chromaFormat: number
  /** Bits of a sample of luma or chroma, whichever has more. */
  readonly bitDepth: number
  /** `max_num_ref_frames`. */
  readonly referenceFrames: number
  /** `frame_mbs_only_flag`: no picture is a field. */
  readonly isFramesOnly: boolean
  /** In pixels, without the cropped ones. */
  readonly width: number
  readonly height: number
  /** True if pixels are cropped on the left or at the top. */
  readonly isShifted: boolean
}

/** The beginning of a slice header (section 7.3.3). */
export interface SliceStart {
  readonly isIntra: boolean
  /** The field of a frame that the slice belongs to; `frame` for both. */
  readonly structure: 'frame' | 'top' | 'bottom'
}

/** Parameter sets by their ids. */
export interface ParameterSets {
  readonly sequences: Map<number, SequenceParameters>
  /** The id of the sequence parameter set of each picture parameter set. */
  readonly pictures: Map<number, number>
}

const SPS = 7
const PPS = 8
const MAX_SPS_BYTES = 2048
const MAX_START_BYTES = 64

/** Profiles whose parameter sets state the chroma format and may contain scaling lists (section 7.3.2.1.1). */
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
      if (at + 2 > avcC.length) throw new RangedExtractionError('the decoder configuration is truncated')
      const start = at + 2
      at = start + avcC.readUInt16BE(at)
      if (at > avcC.length) throw new RangedExtractionError('the decoder configuration is truncated')
      addParameterSet(sets, avcC.subarray(start, at))
    }
  }
  return sets
}

/**
 * Adds a NAL unit to the sets if it is a parameter set.
 *
 * @returns whether it is one
 * @throws RangedExtractionError if it is malformed
 */
export function addParameterSet ({ sequences, pictures }: ParameterSets, unit: Buffer): boolean {
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
  const { chromaFormat, bitDepth, hasSeparateColourPlanes } = HIGH_PROFILES.has(profile)
    ? readHighProfile(bits)
    : DEFAULT_CHROMA
  const frameNumBits = bits.readUnsignedGolomb() + 4
  const orderType = bits.readUnsignedGolomb()
  if (orderType === 0) bits.readUnsignedGolomb()
  if (orderType === 1) {
    bits.readFlag()
    bits.readSignedGolomb()
    bits.readSignedGolomb()
    for (let left = Math.min(255, bits.readUnsignedGolomb()); left > 0; left--) bits.readSignedGolomb()
  }
  const referenceFrames = bits.readUnsignedGolomb()
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
    chromaFormat,
    bitDepth,
    referenceFrames,
    isFramesOnly,
    width: 16 * macroblocksAcross - cropped.across,
    height: 16 * mapUnitsDown * unitsPerField - cropped.down,
    isShifted: cropped.isShifted
  }
}

/** Reads the pixels cropped by `frame_crop_*_offset`, which counts chroma samples (equations 7-19 to 7-22). */
function readCropping (
  bits: BitReader,
  chromaFormat: number,
  unitsPerField: number
): { across: number, down: number, isShifted: boolean } {
  if (!bits.readFlag()) return { across: 0, down: 0, isShifted: false }
  const [left, right, top, bottom] = [
    bits.readUnsignedGolomb(),
    bits.readUnsignedGolomb(),
    bits.readUnsignedGolomb(),
    bits.readUnsignedGolomb()
  ]
  const unitAcross = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1
  const unitDown = (chromaFormat === 1 ? 2 : 1) * unitsPerField
  return {
    across: (left + right) * unitAcross,
    down: (top + bottom) * unitDown,
    isShifted: left > 0 || top > 0
  }
}

/** 4:2:0 in 8 bits, which other profiles do not state (section 7.4.2.1.1). */
const DEFAULT_CHROMA = { chromaFormat: 1, bitDepth: 8, hasSeparateColourPlanes: false }

function readHighProfile (bits: BitReader): typeof DEFAULT_CHROMA {
  const chromaFormat = bits.readUnsignedGolomb()
  const hasSeparateColourPlanes = chromaFormat === 3 && bits.readFlag()
  const bitDepth = 8 + Math.max(bits.readUnsignedGolomb(), bits.readUnsignedGolomb())
  bits.readFlag()
  if (bits.readFlag()) {
    for (let list = 0; list < (chromaFormat === 3 ? 12 : 8); list++) {
      if (bits.readFlag()) skipScalingList(bits, list < 6 ? 16 : 64)
    }
  }
  return { chromaFormat, bitDepth, hasSeparateColourPlanes }
}

/** Skips a scaling list, which may end early with a scale of 0 (section 7.3.2.1.1.1). */
function skipScalingList (bits: BitReader, size: number): void {
  let last = 8
  for (let index = 0; index < size; index++) {
    last = (last + bits.readSignedGolomb() + 256) % 256
    if (last === 0) return
  }
}

/**
 * Reads the beginning of a slice header.
 *
 * @throws RangedExtractionError if its parameter sets are missing, or it is truncated
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
