import { readParameterSets, readSliceStart, addParameterSet } from './h264-headers.ts'
import { type LengthBytes, iterateNalUnits, readLengthBytes } from './nal-units.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { CodedPacket, PacketRange, TrackInfo } from '../media/track.ts'

/** A packet range, and the number of packets that were dropped from it. */
export interface ThinnedRange extends PacketRange {
  readonly droppedCount: number
}

/**
 * Drops the packets of a range that no other picture in it refers to: the decoded target is the same, bit for bit.
 * Never drops a target, a key frame, or a packet with parameter sets. VP8, VP9 and AV1 are not changed: there even a
 * frame that refreshes no buffer changes the state that later ones are decoded with.
 *
 * @param targets presentation times of all targets, if there are several
 * @throws RangedExtractionError if a packet of H.264 or HEVC is malformed, or contains a single field, so that the
 * frame is in two packets
 */
export function dropNonReferenceFrames (
  info: TrackInfo,
  range: PacketRange,
  targets: ReadonlySet<number> = new Set([range.targetPts])
): ThinnedRange {
  const isUnreferenced = findUnreferenced(info, range.packets)
  const packets = range.packets.filter(({ isKey, pts }, index) => !isUnreferenced[index] || isKey || targets.has(pts))
  return { ...range, packets, droppedCount: range.packets.length - packets.length }
}

function findUnreferenced (info: TrackInfo, packets: readonly CodedPacket[]): readonly boolean[] {
  if (info.codec === 'h264') return findUnreferencedAvc(info, packets)
  if (info.codec === 'hevc') return findUnreferencedHevc(info, packets)
  return []
}

/** NAL unit types of H.264 slices (Rec. ITU-T H.264, table 7-1). */
const AVC_SLICES = new Set([1, 5])
/** SEI, access unit delimiter and filler data, which are not part of a picture. */
const AVC_NON_PICTURE = new Set([6, 9, 12])

/** Finds the pictures that are not used for reference: those with `nal_ref_idc` 0 in every slice (section 7.4.1). */
function findUnreferencedAvc (info: TrackInfo, packets: readonly CodedPacket[]): boolean[] {
  const lengthBytes = readLengthBytes(info)
  const sets = readParameterSets(info.codecConfig)
  return packets.map(({ data }) => {
    let isUnreferenced = true
    const structures = new Set<string>()
    for (const unit of iterateNalUnits(data, lengthBytes)) {
      const header = unit.readUInt8(0)
      const type = header & 0x1f
      addParameterSet(sets, unit)
      if (AVC_SLICES.has(type)) structures.add(readSliceStart(sets, unit).structure)
      if (AVC_SLICES.has(type) ? (header & 0x60) !== 0 : !AVC_NON_PICTURE.has(type)) isUnreferenced = false
    }
    if (structures.size === 1 && !structures.has('frame')) {
      throw new RangedExtractionError('a packet contains a single field')
    }
    return isUnreferenced && structures.size > 0
  })
}

const HEVC_MAX_SLICE_TYPE = 31
/** TRAIL_N, TSA_N, STSA_N, RADL_N and RASL_N (Rec. ITU-T H.265, table 7-1). */
const HEVC_UNREFERENCED = new Set([0, 2, 4, 6, 8])
/** Access unit delimiter, filler data and SEI. */
const HEVC_NON_PICTURE = new Set([35, 38, 39, 40])

/**
 * Finds the sub-layer non-reference pictures of the highest sub-layer in the range. Those of lower sub-layers may be
 * used by pictures of higher ones (section 3.160).
 */
function findUnreferencedHevc (info: TrackInfo, packets: readonly CodedPacket[]): boolean[] {
  const lengthBytes = readLengthBytes(info)
  const pictures = packets.map(({ data }) => inspectHevc(data, lengthBytes))
  const highest = Math.max(...pictures.map(({ temporalId }) => temporalId))
  return pictures.map(({ isSubLayerUnreferenced, temporalId }) => isSubLayerUnreferenced && temporalId === highest)
}

function inspectHevc (data: Buffer, lengthBytes: LengthBytes) {
  let isSubLayerUnreferenced = true
  let temporalId = -1
  for (const unit of iterateNalUnits(data, lengthBytes)) {
    if (unit.length < 2) throw new RangedExtractionError('a NAL unit is shorter than its header')
    const header = unit.readUInt16BE(0)
    const type = (header >>> 9) & 0x3f
    const layer = (header >>> 3) & 0x3f
    if (type <= HEVC_MAX_SLICE_TYPE) temporalId = Math.max(temporalId, (header & 7) - 1)
    if (layer !== 0 || !(HEVC_UNREFERENCED.has(type) || HEVC_NON_PICTURE.has(type))) isSubLayerUnreferenced = false
  }
  return { isSubLayerUnreferenced: isSubLayerUnreferenced && temporalId >= 0, temporalId }
}
