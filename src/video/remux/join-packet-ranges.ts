import { dropNonReferenceFrames } from '../bitstream/drop-non-reference.ts'
import type { CodedPacket, PacketRange, TrackInfo } from '../media/track.ts'

/** Several runs as one. */
export interface JoinedRanges {
  /** Undefined where there are none. */
  readonly run: PacketRange | undefined
  /** Those that are in it, with how many packets are decoded for their sake alone. */
  readonly joined: ReadonlyMap<PacketRange, number>
}

/**
 * Joins runs, so that one decoding gives the targets of all: those that begin with the same key frame become the
 * longest of them, and the others follow each other. A run that overlaps another is left out: its frames would come
 * twice.
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
