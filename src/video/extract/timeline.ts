import { countedClock, type FrameTime, PresentationClock } from './choose-frame.ts'
import type { Container } from '../media/container.ts'
import { type Packet, ticksToMicros } from '../media/time.ts'
import type { Listing } from '../decode/decoder.ts'

/** Start and duration of the presentation of a listed video. */
export interface Timeline {
  readonly clock: PresentationClock
  readonly durationMicros: number
}

/** Input of the computation. */
export interface ListedVideo {
  readonly container: Container
  readonly listing: Listing
  readonly frames: readonly FrameTime[]
}

/**
 * Computes the start and duration of the presentation over every video and audio track. If packets have no times, the
 * decoded frames determine them, and the last one is shown as long as the one before. The frames of an elementary
 * stream follow each other at its rate.
 */
export function buildTimeline (
  { container, listing: { tracks, chosen }, frames }: ListedVideo,
  editedEndMicros: number
): Timeline {
  const counted = container.isElementary === true ? buildCountedTimeline(chosen, frames) : undefined
  if (counted !== undefined) return counted
  const isTimed = chosen.packets.every(({ pts }) => !Number.isNaN(pts))
  const [first = 0, beforeLast = first, last = beforeLast] = [frames.at(0), frames.at(-2), frames.at(-1)].map(
    (frame) => frame?.pts
  )
  const timed = isTimed
    ? tracks
    : [
        ...tracks.filter(({ kind }) => kind === 'audio'),
        { timeBase: chosen.timeBase, span: { start: first, end: last + (last - beforeLast) } }
      ]
  const spans = timed.flatMap(({ span, timeBase }) =>
    span === undefined
      ? []
      : [{ startMicros: ticksToMicros(span.start, timeBase), endMicros: ticksToMicros(span.end, timeBase) }]
  )
  const zeroMicros =
    container.startsAtZero || spans.length === 0 ? 0 : Math.min(...spans.map(({ startMicros }) => startMicros))
  const endMicros = Math.min(editedEndMicros, Math.max(zeroMicros, ...spans.map(({ endMicros }) => endMicros)))
  return { clock: new PresentationClock(chosen.timeBase, zeroMicros), durationMicros: endMicros - zeroMicros }
}

/**
 * Computes the timeline of an elementary stream, whose frames have no times: the decoder guesses them, and its guesses
 * begin too early or have gaps. Returns undefined if the stream has no rate, or the guesses do not identify the frames.
 */
function buildCountedTimeline (
  { packets, timeBase }: Listing['chosen'],
  frames: readonly FrameTime[]
): Timeline | undefined {
  const frameTicks = findFrameTicks(packets, frames.length)
  const isOrdered = frames.every(({ pts }, place) => place === 0 || pts > frames[place - 1]!.pts)
  if (frameTicks === 0 || !isOrdered) return undefined
  return {
    clock: countedClock(frames, frameTicks, timeBase),
    durationMicros: ticksToMicros(frames.length * frameTicks, timeBase)
  }
}

/** Returns the mean duration of a frame, whose fields may be two packets. Packets that give no frame have one, too. */
function findFrameTicks (packets: readonly Packet[], frames: number): number {
  const packetTicks = packets.reduce((sum, { durationTicks }) => sum + durationTicks, 0) / packets.length
  return packetTicks * (packets.length > 1.5 * frames ? 2 : 1)
}

/** Returns the timeline of a recording that follows others, which take `startMicros`. */
export function moveTimeline ({ clock, durationMicros }: Timeline, startMicros: number): Timeline {
  return { clock: startMicros === 0 ? clock : clock.startAt(startMicros), durationMicros }
}
