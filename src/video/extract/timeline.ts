import { type FrameTime, PresentationClock } from './choose-frame.ts'
import type { Container } from '../media/container.ts'
import { ticksToMicros } from '../media/time.ts'
import type { Listing } from '../decode/decoder.ts'

/** Where the presentation of a listed video begins, and how long it is. */
export interface Timeline {
  readonly clock: PresentationClock
  readonly durationMicros: number
}

/** What tells it. */
export interface ListedVideo {
  readonly container: Container
  readonly listing: Listing
  readonly frames: readonly FrameTime[]
}

/**
 * Where the presentation begins and how long it is, over every video and audio track. Where packets carry no times,
 * the decoded frames tell, and the last one is shown as long as the one before it. What edits cut away does not
 * count.
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
