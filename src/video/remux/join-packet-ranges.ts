import { dropNonReferenceFrames } from '../bitstream/drop-non-reference.ts'
import type { CodedPacket, PacketRange, TrackInfo } from '../media/track.ts'

/** Several packet ranges joined into one. */
export interface JoinedRanges {
  /** Undefined if there are none. */
  readonly run: PacketRange | undefined
  /** The ranges in it, each with the number of packets that are decoded only for it. */
  readonly joined: ReadonlyMap<PacketRange, number>
}

/**
 * Joins packet ranges, so that one decode produces all their targets. Ranges that begin with the same key frame are
 * replaced with the longest of them; the others are concatenated. A range that overlaps another is left out, because
 * its frames would be output twice.
 */
export function joinPacketRanges (info: TrackInfo, runs: readonly PacketRange[]): JoinedRanges {
  const groups = [...Map.groupBy(runs, ({ packets }) => packets[0]?.pts ?? NaN).values()]
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
    for (const [place, member] of members.entries()) joined.set(member, place === 0 ? needed.packets.length : 0)
    last = longest
  }
  return {
    run:
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
