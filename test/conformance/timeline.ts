import type { FrameList } from './frame-list.ts'
import type { TrackBoxes } from './movie-boxes.ts'
import { measureSpan, type Stream } from './stream-spans.ts'

/** The start of a video in seconds of the container's clock, and its duration. */
export interface Timeline {
  readonly zero: number
  readonly durationMicros: number
}

/**
 * Measures the timeline. MP4 and MOV start at 0 with all edits applied and end with the last edit or the last sample of
 * video or audio. Other containers start with the earliest packet of video or audio and end with the last.
 */
export async function measureTimeline (
  path: string,
  container: string,
  streams: readonly Stream[],
  boxes: readonly TrackBoxes[],
  list: FrameList
): Promise<Timeline> {
  const spans = []
  for (const stream of streams.filter(({ isCover }) => !isCover)) {
    const span = await measureSpan(path, stream.index)
    if (span !== undefined) {
      spans.push({ ...span, end: Math.min(span.end, boxes[stream.index]?.editSeconds ?? Infinity) })
    }
  }
  if (spans.length === 0) spans.push(spanFrames(list))
  const zero = isMovie(container) ? 0 : Math.min(...spans.map(({ start }) => start))
  const end = Math.max(zero, ...spans.map((span) => span.end))
  return { zero, durationMicros: Math.round((end - zero) * 1e6) }
}

/** Returns whether the container is ISO BMFF or QuickTime, by the name of ffmpeg's demuxer. */
export const isMovie = (container: string): boolean => container.startsWith('mov,')

/** Measures the span from the frames if packets have no times; the last frame lasts as long as the one before. */
function spanFrames ({ frames, timeBase: [numerator, denominator] }: FrameList) {
  const times = frames.map(({ pts }) => ((pts ?? 0) * numerator) / denominator)
  const [first = 0, beforeLast = first, last = beforeLast] = [times.at(0), times.at(-2), times.at(-1)]
  return { start: first, end: last + (last - beforeLast) }
}
