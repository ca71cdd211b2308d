import { readParameterSets, readSliceStart, takeParameterSet } from './h264-headers.ts'
import { type LengthBytes, iterateNalUnits, readLengthBytes } from './nal-units.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { CodedPacket, PacketRange, TrackInfo } from '../media/track.ts'

/** A packet range, and the number of packets that were dropped from it. */
export interface ThinnedRange extends PacketRange {
  readonly droppedCount: number
}

/**
 * Drops the packets of non-reference pictures from a packet range; the decoded target is bit-identical without them.
 * Never drops the target, a key frame, or a packet with parameter sets. Keeps all packets of VP8, VP9 and AV1, where
 * a frame that refreshes no buffer still changes the decoding of later ones.
 *
 * @param targets times of all targets, if there are several
 * @throws RangedExtractionError if a packet of H.264 or HEVC is malformed or holds a single field, half a frame
 */
export function dropNonReferenceFrames (
  info: TrackInfo,
  run: PacketRange,
  targets: ReadonlySet<number> = new Set([run.targetPts])
): ThinnedRange {
  const isUnreferenced = planRule(info, run.packets)
  const packets = run.packets.filter(({ isKey, pts }, place) => !isUnreferenced[place] || isKey || targets.has(pts))
  return { ...run, packets, droppedCount: run.packets.length - packets.length }
}

function planRule (info: TrackInfo, packets: readonly CodedPacket[]): readonly boolean[] {
  if (info.codec === 'h264') return findUnreferencedAvc(info, packets)
  if (info.codec === 'hevc') return findUnreferencedHevc(info, packets)
  return []
}

/** H.264 NAL unit types (Rec. ITU-T H.264, table 7-1) that may accompany a slice and are not part of a picture. */
const AVC_SLICES = new Set([1, 5])
const AVC_PASSING = new Set([6, 9, 12])

/**
 * `nal_ref_idc` is 0 in every slice of a picture that is not used for reference, and of such a picture only (section
 * 7.4.1).
 */
function findUnreferencedAvc (info: TrackInfo, packets: readonly CodedPacket[]): boolean[] {
  const lengthBytes = readLengthBytes(info)
  const sets = readParameterSets(info.codecConfig)
  return packets.map(({ data }) => {
    let isUnreferenced = true
    const structures = new Set<string>()
    for (const unit of iterateNalUnits(data, lengthBytes)) {
      const header = unit.readUInt8(0)
      const type = header & 0x1f
      takeParameterSet(sets, unit)
      if (AVC_SLICES.has(type)) structures.add(readSliceStart(sets, unit).structure)
      if (AVC_SLICES.has(type) ? (header & 0x60) !== 0 : !AVC_PASSING.has(type)) isUnreferenced = false
    }
    if (structures.size === 1 && !structures.has('frame')) {
      throw new RangedExtractionError('a packet holds a single field')
    }
    return isUnreferenced && structures.size > 0
  })
}

const HEVC_MAX_SLICE_TYPE = 31
/** HEVC NAL unit types TRAIL_N, TSA_N, STSA_N, RADL_N and RASL_N (Rec. ITU-T H.265, table 7-1). */
const HEVC_UNREFERENCED = new Set([0, 2, 4, 6, 8])
/** HEVC NAL unit types access unit delimiter, filler data and SEI. */
const HEVC_PASSING = new Set([35, 38, 39, 40])

/**
 * A sub-layer non-reference picture may be referenced from higher sub-layers (section 3.160), so only those of the
 * highest sub-layer of the packet range are dropped.
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
    if (layer !== 0 || !(HEVC_UNREFERENCED.has(type) || HEVC_PASSING.has(type))) isSubLayerUnreferenced = false
  }
  return { isSubLayerUnreferenced: isSubLayerUnreferenced && temporalId >= 0, temporalId }
}
