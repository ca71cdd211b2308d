import { dropNonReferenceFrames } from '../bitstream/drop-non-reference.ts'
import type { CodedPacket, PacketRange, TrackInfo } from '../media/track.ts'

/** Several packet ranges joined in one. */
export interface JoinedRanges {
  /** Undefined if there are none. */
  readonly range: PacketRange | undefined
  /** The ranges that it includes, with the number of packets that are decoded for each of them alone. */
  readonly joined: ReadonlyMap<PacketRange, number>
}

/**
 * Joins packet ranges, so that decoding the result once gives the targets of all of them. Of ranges that begin with the
 * same key frame the longest is used; the others follow each other. A range that overlaps another is left out, since
 * its frames would come twice.
 */
export function joinPacketRanges (info: TrackInfo, ranges: readonly PacketRange[]): JoinedRanges {
  const groups = [...Map.groupBy(ranges, ({ packets }) => packets[0]?.pts ?? NaN).values()]
    .map(uniteGroup)
    .sort((one, other) => one.longest.packets[0]!.pts - other.longest.packets[0]!.pts)
  const packets: CodedPacket[] = []
  const times = new Set<number>()
  const joined = new Map<PacketRange, number>()
  let last: PacketRange | undefined
  for (const { longest, members } of groups) {
    if (longest.packets.some(({ pts }) => times.has(pts))) continue
    for (const { pts } of longest.packets) times.add(pts)
    const needed = dropNonReferenceFrames(info, longest, new Set(members.map(({ targetPts }) => targetPts)))
    packets.push(...needed.packets)
    for (const [index, member] of members.entries()) joined.set(member, index === 0 ? needed.packets.length : 0)
    last = longest
  }
  return {
    range:
      last === undefined
        ? undefined
        : { packets, targetPts: last.targetPts, isKey: packets.every(({ isKey }) => isKey) },
    joined
  }
}

function uniteGroup (members: readonly PacketRange[]): {
  readonly longest: PacketRange
  readonly members: readonly PacketRange[]
} {
  const longest = members.reduce((one, other) => (other.packets.length > one.packets.length ? other : one))
  return {
    longest,
    members: members.filter(({ packets, targetPts }) => longest.packets[packets.length - 1]?.pts === targetPts)
  }
}
