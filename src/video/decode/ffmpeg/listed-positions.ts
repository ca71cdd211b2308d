import type { ListedTrack } from '../packet-list.ts'
import { RestartFinder } from '../restart-finder.ts'
import type { Listing } from '../decoder.ts'

interface PlacedPacket {
  readonly track: number
  readonly seconds: number
  readonly position: number
}

/** Finds the restarts in a listing whose packets were packed with their positions. */
export function findRestarts ({ tracks, chosen }: Pick<Listing, 'tracks' | 'chosen'>): readonly number[] {
  const beside = tracks.filter(({ kind }) => kind === 'audio')
  const finder = new RestartFinder(0)
  const packets = [chosen, ...beside].flatMap(placePackets).sort((one, other) => one.position - other.position)
  for (const { track, seconds, position } of packets) finder.take(track, seconds, position)
  return finder.restarts
}

/** Returns the positions of packets that were packed with them. */
export function readPositions ({ packets }: ListedTrack): number[] {
  return packets.map(({ durationTicks }) => durationTicks - 1)
}

/** Packets that share a unit of the container have the position of its first one. */
function placePackets ({ packets, timeBase }: ListedTrack, track: number): PlacedPacket[] {
  let position = 0
  return packets.map(({ pts, durationTicks }) => {
    if (durationTicks > 0) position = durationTicks - 1
    return { track, seconds: (pts * timeBase.numerator) / timeBase.denominator, position }
  })
}
