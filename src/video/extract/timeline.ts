import { type FrameTime, PresentationClock } from './choose-frame.ts'
import type { Container } from '../media/container.ts'
import { ticksToMicros } from '../media/time.ts'
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
 * decoded frames determine them, and the last one is shown as long as the one before.
 */
export function buildTimeline (
  { container, listing: { tracks, chosen }, frames }: ListedVideo,
  editedEndMicros: number
): Timeline {
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
