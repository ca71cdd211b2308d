import { join } from 'node:path'
import type { Container } from '../media/container.ts'
import type { ListedTrack } from '../decode/packet-list.ts'
import type { Cut, Decoder, RunContext } from '../decode/decoder.ts'
import type { DecoderInput } from '../decode/decode-plan.ts'

/** Those that say nothing of the picture (its turn, shape or colours) that is not in the bitstream too. */
const SILENT_CONTAINERS: ReadonlySet<Container['name']> = new Set(['avi', 'flv', 'asf', 'mpegps', 'mpegts', 'ogg'])

/** Each is a run of ffmpeg that copies and one that lists. */
const MAX_TRIES = 4

/** Where a run lies in the list of packets: from its key frame up to its target, both included. */
export interface PacketPlaces {
  readonly first: number
  readonly last: number
}

/** What the cut is made with. */
export interface CutSettings {
  readonly decoder: Pick<Decoder, 'cut'>
  readonly input: DecoderInput
  readonly container: Container
  readonly context: RunContext
}

/**
 * Sets just the packets that lead from a key frame to the target apart from all others, so that what the decoder says
 * of damage is of nothing else: neither of what lies before the key frame where seeking landed early, nor of packets
 * behind the target.
 *
 * @returns where they are to be read, and the target's time there; undefined where the packets that came are not
 * those that were wanted
 */
export async function cutPackets (
  settings: CutSettings,
  listed: ListedTrack,
  places: PacketPlaces
): Promise<{ readonly input: DecoderInput, readonly pts: number } | undefined> {
  if (!SILENT_CONTAINERS.has(settings.container.name)) return undefined
  const { last } = places
  let { first, first: sought } = places
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const seekSeconds = sought === 0 ? undefined : secondsOf(listed, sought)
    const cut = await settings.decoder.cut(
      settings.input,
      { seekSeconds, packetCount: last - first + 1 },
      join(settings.context.directory, 'run.nut'),
      settings.context
    )
    const came = cut === undefined || cut.track.packets.length === 0 ? Infinity : findFirst(listed, cut)
    if (cut !== undefined && came === first && isSame(listed, cut, { first, last })) {
      return { input: cut.input, pts: cut.track.packets.at(-1)!.pts }
    }
    if (came === first || came === -1 || (came > places.first && sought === 0)) return undefined
    // Seeking landed on another key frame: early, which only takes more packets, or too late.
    if (came > places.first) sought = findKeyBefore(listed, sought)
    first = came > places.first ? sought : came
  }
  return undefined
}

function findKeyBefore ({ packets }: ListedTrack, place: number): number {
  return Math.max(
    0,
    packets.findLastIndex(({ isKey }, index) => isKey && index < place)
  )
}

function findFirst (listed: ListedTrack, { track }: Cut): number {
  const start = secondsOf(track, 0)
  return listed.packets.findIndex((_, place) => Math.abs(secondsOf(listed, place) - start) < toleranceOf(listed))
}

/**
 * As many from the same first to the same last: ffmpeg guesses some times in between, which only the order of the
 * others hangs on.
 */
function isSame (listed: ListedTrack, { track }: Cut, { first, last }: PacketPlaces): boolean {
  const { packets } = track
  return (
    packets.length === last - first + 1 &&
    Math.abs(secondsOf(track, packets.length - 1) - secondsOf(listed, last)) < toleranceOf(listed) &&
    packets.findIndex(({ pts }) => pts === packets.at(-1)?.pts) === packets.length - 1
  )
}

function secondsOf ({ packets, timeBase }: ListedTrack, place: number): number {
  return (packets[place]!.pts * timeBase.numerator) / timeBase.denominator
}

const toleranceOf = ({ timeBase }: ListedTrack): number => timeBase.numerator / timeBase.denominator / 2
