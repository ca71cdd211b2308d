import { join } from 'node:path'
import { cutBytes } from './cut-bytes.ts'
import type { CutRange, CutSettings, PacketPlaces } from './cut-range.ts'
import type { Container } from '../media/container.ts'
import type { ListedTrack } from '../decode/packet-list.ts'
import type { Cut } from '../decode/decoder.ts'
import { STREAM_DEMUXERS } from '../decode/decode-plan.ts'

/** Containers without properties of the picture (rotation, shape or colours) that the bitstream lacks. */
const SILENT_CONTAINERS: ReadonlySet<Container['name']> = new Set(['avi', 'flv', 'asf', 'mpegps', 'mpegts', 'ogg'])

/** Maximum number of attempts; each runs ffmpeg twice, to copy and to list. */
const MAX_TRIES = 4

/**
 * Copies only the packets from a key frame to the target, so that decode errors concern nothing else: neither
 * pictures before the key frame, if seeking landed early, nor packets after the target.
 *
 * @returns undefined if the copied packets are not the requested ones
 */
export async function cutPackets (
  settings: CutSettings,
  listed: ListedTrack,
  places: PacketPlaces
): Promise<CutRange | undefined> {
  if (!SILENT_CONTAINERS.has(settings.container.name)) return undefined
  if (STREAM_DEMUXERS.has(settings.container.demuxer)) return await cutBytes(settings, listed, places)
  const { last, behind = 0 } = places
  if (behind > 0) return undefined
  let { first, first: sought } = places
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const seekSeconds = sought === 0 ? undefined : secondsOf(listed, sought)
    const cut = await settings.decoder.cut(
      settings.input,
      { seekSeconds, packetCount: last - first + 1 },
      join(settings.context.directory, 'packets.nut'),
      settings.context
    )
    const came = cut === undefined || cut.track.packets.length === 0 ? Infinity : findFirst(listed, cut)
    if (cut !== undefined && came === first && isSame(listed, cut, { first, last })) {
      const start = first
      return {
        input: cut.input,
        pts: cut.track.packets.at(-1)!.pts,
        timeOf: (place) =>
          isSameTime(listed, place, cut, place - start) ? cut.track.packets[place - start]!.pts : undefined
      }
    }
    if (came === first || came === -1 || (came > places.first && sought === 0)) return undefined
    // Seeking found another key frame: an earlier one, which only adds packets, or one that is too late.
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
 * Returns whether the numbers of packets, the first and the last are the same. ffmpeg guesses some times in between,
 * which only affect the order of the others.
 */
function isSame (listed: ListedTrack, { track }: Cut, { first, last }: PacketPlaces): boolean {
  const { packets } = track
  return (
    packets.length === last - first + 1 &&
    isSameTime(listed, last, { track }, packets.length - 1)
  )
}

/** Returns whether a copied packet has the time that it has in the listing, and no other copied packet has it. */
function isSameTime (listed: ListedTrack, place: number, { track }: Pick<Cut, 'track'>, index: number): boolean {
  const { packets } = track
  return (
    Math.abs(secondsOf(track, index) - secondsOf(listed, place)) < toleranceOf(listed) &&
    packets.filter(({ pts }) => pts === packets[index]!.pts).length === 1
  )
}

function secondsOf ({ packets, timeBase }: ListedTrack, place: number): number {
  return (packets[place]!.pts * timeBase.numerator) / timeBase.denominator
}

const toleranceOf = ({ timeBase }: ListedTrack): number => timeBase.numerator / timeBase.denominator / 2
