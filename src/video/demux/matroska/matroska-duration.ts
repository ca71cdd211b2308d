import type { MatroskaHead } from './matroska-head.ts'
import type { MatroskaTrack } from './matroska-track.ts'
import { countOpusMicros } from './opus-duration.ts'

/** The end of a track: its last packet in the order of presentation. */
export interface TrackEnd {
  readonly track: number
  readonly lastTicks: number
  /** 0 if it is not known. */
  readonly durationTicks: number
}

/** Samples in one packet of the codecs that always have the same number. */
const SAMPLES_PER_PACKET: Readonly<Record<string, number>> = {
  A_AAC: 1024,
  'A_MPEG/L3': 1152,
  A_AC3: 1536,
  A_EAC3: 1536
}

/**
 * Returns by how many ticks a track begins earlier than its first packet: the time that its decoder needs before it
 * can be heard.
 */
export function countDelayTicks ({ nanosPerTick }: MatroskaHead, { kind, codecDelayNs }: MatroskaTrack): number {
  return kind === 'audio' ? Math.round(codecDelayNs / nanosPerTick) : 0
}

/** Returns the start of the presentation: the earliest start of any video or audio track, in ticks of the container. */
export function findZeroTicks (head: MatroskaHead, firstTimes: ReadonlyMap<number, number>): number {
  const starts = head.tracks.flatMap((track) => {
    const first = firstTimes.get(track.number)
    return first === undefined ? [] : [first - countDelayTicks(head, track)]
  })
  return Math.min(...starts)
}

/** Returns the end of the presentation by the last packet of each track, in ticks of the container. */
export function findEndTicks (head: MatroskaHead, ends: readonly TrackEnd[]): number {
  return Math.max(
    ...ends.map((end) => {
      const track = head.tracks.find(({ number }) => number === end.track)!
      return end.lastTicks - countDelayTicks(head, track) + end.durationTicks
    })
  )
}

/**
 * Returns how long a packet lasts, in ticks and parts of one; 0 if its codec does not state it. A sampling frequency
 * below 1 Hz counts as unknown, as in ffmpeg.
 */
export function countPacketTicks (
  { nanosPerTick }: MatroskaHead,
  { codecId, samplingHz }: MatroskaTrack,
  packet: Buffer = Buffer.alloc(0)
): number {
  if (codecId === 'A_OPUS') return (countOpusMicros(packet) * 1000) / nanosPerTick
  const samples = SAMPLES_PER_PACKET[codecId]
  return samples === undefined || !(samplingHz >= 1) ? 0 : (samples * 1e9) / nanosPerTick / samplingHz
}
