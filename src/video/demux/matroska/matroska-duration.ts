import type { MatroskaHead } from './matroska-head.ts'
import type { MatroskaTrack } from './matroska-track.ts'
import type { TrackEnd } from './matroska-messages.ts'

/** Samples in one packet of the codecs that have always the same number. */
const SAMPLES_PER_PACKET: Readonly<Record<string, number>> = {
  A_AAC: 1024,
  'A_MPEG/L3': 1152,
  A_AC3: 1536,
  A_EAC3: 1536
}

/** What a decoder needs before its first sound is not heard: the track begins that much earlier, in ticks. */
export function countDelayTicks ({ nanosPerTick }: MatroskaHead, { kind, codecDelayNs }: MatroskaTrack): number {
  return kind === 'audio' ? Math.round(codecDelayNs / nanosPerTick) : 0
}

/** Where the presentation begins: the earliest start of any video or audio track, in ticks of the container's clock. */
export function findZeroTicks (head: MatroskaHead, firstTimes: ReadonlyMap<number, number>): number {
  const starts = head.tracks.flatMap((track) => {
    const first = firstTimes.get(track.number)
    return first === undefined ? [] : [first - countDelayTicks(head, track)]
  })
  return Math.min(...starts)
}

/** Where the presentation ends, by the last packet of every track, in ticks of the container's clock. */
export function findEndTicks (head: MatroskaHead, ends: readonly TrackEnd[]): number {
  return Math.max(
    ...ends
      .filter(({ lastTicks }) => !Number.isNaN(lastTicks))
      .map((end) => {
        const track = head.tracks.find(({ number }) => number === end.track)!
        return (
          end.lastTicks -
          countDelayTicks(head, track) +
          (end.durationTicks || countPacketTicks(head, track) || end.gapTicks)
        )
      })
  )
}

/** Less than one sample a second is none, as for ffmpeg. */
function countPacketTicks ({ nanosPerTick }: MatroskaHead, { codecId, samplingHz }: MatroskaTrack): number {
  const samples = SAMPLES_PER_PACKET[codecId]
  return samples === undefined || !(samplingHz >= 1) ? 0 : Math.floor((samples * 1e9) / nanosPerTick / samplingHz)
}
