import { joinPacketRanges } from '../remux/join-packet-ranges.ts'
import type { Conversion } from '../decode/colour/conversion.ts'
import type { FramePlan } from '../decode/filters.ts'
import type { FrameRequest } from './extract-frame.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { Moment, PacketRange, TrackInfo } from '../media/track.ts'
import type { DecodeBranch } from '../decode/decode-plan.ts'

/** A request by its index, and the moment that it resolves to. */
export interface Sought {
  readonly place: number
  readonly request: FrameRequest
  readonly moment: Moment
}

/** A request with the packet range of its frame. */
export interface Found extends Sought {
  readonly range: PacketRange
}

/** A plan to decode several frames at once, with times of the video. */
export interface JointDecodePlan {
  readonly range: PacketRange
  readonly branches: readonly DecodeBranch[]
  readonly conversions: readonly Conversion[]
  readonly branchOf: (found: Found) => number
  /** Returns the number of packets that are decoded for a request; 0 if it shares those of another. */
  readonly countPackets: (found: Found) => number
}

/**
 * Builds the plan: requests with the same filters share a branch, and those of the same frame its packets. Returns
 * undefined if the packets cannot be joined.
 */
export function buildJointDecodePlan (
  info: TrackInfo,
  part: readonly Found[],
  buildFilters: (found: Found) => FramePlan
): JointDecodePlan | undefined {
  const filters = new Map(part.map((found) => [found, buildFilters(found)]))
  const first = new Map(part.toReversed().map((found) => [found.range.targetPts, found]))
  const joined = tryJoin(
    info,
    [...first.values()].map(({ range }) => range)
  )
  if (joined?.range === undefined) return undefined
  const targets = new Map([...joined.joined].map(([{ targetPts }, count]) => [targetPts, count]))
  const taken = part.filter(({ range }) => targets.has(range.targetPts))
  const groups = [...Map.groupBy(taken, (found) => filters.get(found)!.filters)]
  return {
    range: joined.range,
    branches: groups.map(([text, members]) => ({
      filters: text,
      pts: [...new Set(members.map(({ range }) => range.targetPts))].sort((one, other) => one - other)
    })),
    conversions: [...filters.values()]
      .flatMap(({ conversion }) => (conversion === undefined ? [] : [conversion]))
      .slice(0, 1),
    branchOf: (found) => groups.findIndex(([, members]) => members.includes(found)),
    countPackets: (found) =>
      first.get(found.range.targetPts) === found ? (targets.get(found.range.targetPts) ?? 0) : 0
  }
}

function tryJoin (info: TrackInfo, ranges: readonly PacketRange[]): ReturnType<typeof joinPacketRanges> | undefined {
  try {
    return joinPacketRanges(info, ranges)
  } catch (error) {
    if (error instanceof RangedExtractionError) return undefined
    throw error
  }
}
