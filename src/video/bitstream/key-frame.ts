import { isAv1KeyFrame } from './av1-units.ts'
import { BitReader, unescapePayload } from './bit-reader.ts'
import { readParameterSets, readSliceStart, addParameterSet } from './h264-headers.ts'
import { iterateNalUnits, readLengthBytes } from './nal-units.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { TrackInfo } from '../media/track.ts'

/**
 * Returns whether decoding can start at a packet and all frames shown from there on are right, by its bitstream:
 * containers may mark any packet as a sync sample.
 *
 * @param data the whole packet
 * @throws RangedExtractionError if the packet is malformed
 */
export function isTrueKeyFrame (info: Pick<TrackInfo, 'codec' | 'codecConfig'>, data: Buffer): boolean {
  switch (info.codec) {
    case 'h264':
      return isAvcKeyFrame(info, data)
    case 'hevc':
      return isHevcKeyFrame(info, data)
    case 'vp8':
      return isVp8KeyFrame(data)
    case 'vp9':
      return isVp9KeyFrame(data)
    case 'av1':
      return isAv1KeyFrame(info.codecConfig, data)
  }
}

const AVC_IDR = 5
const AVC_SLICE = 1
const AVC_SEI = 6

/**
 * Returns whether a packet is an IDR picture, or an intra picture with a recovery point SEI that promises exact output
 * from this picture on (Rec. ITU-T H.264, section D.2.8). The second field of such a frame may refer to the first, so
 * the first slice counts.
 */
function isAvcKeyFrame (info: Pick<TrackInfo, 'codec' | 'codecConfig'>, data: Buffer): boolean {
  const sets = readParameterSets(info.codecConfig)
  let isRecoveryPoint = false
  for (const unit of iterateNalUnits(data, readLengthBytes(info))) {
    const type = unit.readUInt8(0) & 0x1f
    addParameterSet(sets, unit)
    if (type === AVC_IDR) return true
    if (type === AVC_SEI) isRecoveryPoint ||= hasExactRecoveryPoint(unit.subarray(1))
    if (type === AVC_SLICE) return isRecoveryPoint && readSliceStart(sets, unit).isIntra
  }
  return false
}

const RECOVERY_POINT = 6
const MAX_SEI_BYTES = 65_536

/** Returns whether an SEI (section 7.3.2.3.1) has a message with recovery_frame_cnt 0 and exact_match_flag 1. */
function hasExactRecoveryPoint (payload: Buffer): boolean {
  const sei = unescapePayload(payload, MAX_SEI_BYTES)
  // The last byte contains the trailing bits.
  for (let at = 0; at + 2 < sei.length;) {
    const [type, afterType] = readSeiNumber(sei, at)
    const [size, start] = readSeiNumber(sei, afterType)
    if (type === RECOVERY_POINT && size > 0) {
      const bits = new BitReader(sei.subarray(start, start + size))
      return bits.readUnsignedGolomb() === 0 && bits.readFlag()
    }
    at = start + size
  }
  return false
}

/** Reads a number of an SEI header: each byte FF adds 255, the first other byte ends it. */
function readSeiNumber (sei: Uint8Array, start: number): [value: number, next: number] {
  let value = 0
  let at = start
  for (; sei[at] === 0xff; at++) value += 255
  return [value + (sei[at] ?? 0), at + 1]
}

/**
 * Returns whether the first slice is of an intra random access point: BLA, IDR or CRA (Rec. ITU-T H.265, table 7-1; 22
 * and 23 are reserved).
 */
function isHevcKeyFrame (info: Pick<TrackInfo, 'codec' | 'codecConfig'>, data: Buffer): boolean {
  for (const unit of iterateNalUnits(data, readLengthBytes(info))) {
    if (unit.length < 2) throw new RangedExtractionError('a NAL unit is shorter than its header')
    const header = unit.readUInt16BE(0)
    const type = (header >>> 9) & 0x3f
    const layer = (header >>> 3) & 0x3f
    if (type < 32 && layer === 0) return type >= 16 && type <= 21
  }
  return false
}

/** Returns whether bit 0 of the tag is 0, and the start code 9D 01 2A follows the tag (RFC 6386, section 9.1). */
function isVp8KeyFrame (data: Buffer): boolean {
  return data.length >= 10 && (data.readUInt8(0) & 1) === 0 && data.readUIntBE(3, 3) === 0x9d012a
}

const VP9_FRAME_MARKER = 2
const VP9_SYNC_CODE = 0x498342

/**
 * Returns whether the first frame of a packet is a key frame (VP9 bitstream specification, section 6.2). The index of a
 * superframe is at its end.
 */
function isVp9KeyFrame (data: Buffer): boolean {
  if (data.length < 4) return false
  const bits = new BitReader(data.subarray(0, 16))
  if (bits.readBits(2) !== VP9_FRAME_MARKER) return false
  const profile = bits.readBits(1) + bits.readBits(1) * 2
  if (profile === 3 && bits.readFlag()) return false
  const showsExisting = bits.readFlag()
  const isInter = !showsExisting && bits.readFlag()
  if (showsExisting || isInter) return false
  bits.readBits(2) // show_frame, error_resilient_mode
  return bits.readBits(24) === VP9_SYNC_CODE
}
