import { type Edit, planPresentation, rescaleTicks } from './edit-list.ts'
import type { Movie } from './movie.ts'
import { RunLengths } from './run-lengths.ts'
import type { SampleTable } from './sample-table.ts'
import type { ShownFrames } from './shown-frames.ts'
import type { Track } from './track.ts'
import { ticksToMicros } from '../../media/time.ts'

/** Properties of the frames of the video track that were read already. */
export interface KnownFrames {
  readonly table: SampleTable
  readonly frames: ShownFrames
  /** Ticks to add to a media time for its presentation time. */
  readonly shift: number
}

/**
 * Returns the end of the longest audio or video track, in microseconds, computed as ffmpeg does, so that both paths
 * resolve `50%` to the same frame.
 */
export function findPresentedEnd (movie: Movie, track: Track, known: KnownFrames): number {
  const others = movie.tracks.filter(
    (other) => other !== track && (other.handler === 'soun' || other.handler === 'vide') && other.timescale > 0
  )
  return Math.max(
    0,
    toMicros(endVideo(track, movie, known), track),
    ...others.map((other) => toMicros(endOther(other, movie), other))
  )
}

function toMicros (ticks: number, { timescale }: Track): number {
  return ticksToMicros(ticks, { numerator: 1, denominator: timescale })
}

/**
 * Returns the end of the last frame. If decode and presentation order differ, no table has its duration: the most
 * frequent one is used, which is what ffmpeg derives from the frame rate.
 */
function endVideo (track: Track, movie: Movie, { table, frames, shift }: KnownFrames): number {
  const last = frames.findAt(Infinity)
  if (table.offsets === undefined && last === table.samples - 1) return endOther(track, movie)
  const delta = table.offsets === undefined ? table.times.deltaOf(last) : table.times.usualDelta
  return table.ptsOf(last) + delta + shift
}

/** Length of the media of a track in its ticks, and of its last sample, by its table entry and by the one before. */
interface MediaLength {
  readonly totalTicks: number
  readonly lastDelta: number
  readonly usualDelta: number
}

/** Returns the end of a track whose frames are not examined, in its ticks. */
function endOther (track: Track, movie: Movie): number {
  const length = measureMedia(track)
  return length.totalTicks === 0 ? 0 : endMedia(track.edits, length, track.timescale, movie.timescale)
}

/**
 * Returns the presentation time at which media of a given length ends. ffmpeg extends the last sample to the end of
 * the track, which is the end of its media or of its edits, whichever comes first, with or without the initial empty
 * edit; if nothing remains for it, it gets its usual duration (libavformat/mov.c, `mov_read_packet` and
 * `mov_fix_index`).
 */
function endMedia (
  edits: readonly Edit[],
  { totalTicks, lastDelta, usualDelta }: MediaLength,
  timescale: number,
  movieTimescale: number
): number {
  const span = spanEdits(edits, totalTicks, timescale, movieTimescale)
  const lastStart = span.delay + Math.min(totalTicks - span.mediaStart, span.editTicks) - lastDelta
  const end = Math.min(totalTicks, span.delay + span.editTicks)
  return end > lastStart ? end : lastStart + usualDelta
}

function spanEdits (edits: readonly Edit[], totalTicks: number, timescale: number, movieTimescale: number) {
  if (edits.length === 0 || movieTimescale === 0) return { delay: 0, mediaStart: 0, editTicks: totalTicks }
  try {
    const { mediaStart, mediaEnd, delay } = planPresentation(edits, timescale, movieTimescale)
    return { delay, mediaStart, editTicks: mediaEnd - mediaStart }
  } catch {
    // Other edit lists end as they declare.
    const editTicks = edits.reduce(
      (sum, { durationTicks }) => sum + rescaleTicks(durationTicks, timescale, movieTimescale),
      0
    )
    return { delay: 0, mediaStart: 0, editTicks }
  }
}

function measureMedia ({ boxes, durationTicks }: Track): MediaLength {
  const unknown = { totalTicks: durationTicks, lastDelta: 0, usualDelta: 0 }
  const stts = boxes.findStart('stts')
  if (stts === undefined) return unknown
  // ffmpeg does not list a track without a sample description.
  if (boxes.findStart('stsd') === undefined) return { ...unknown, totalTicks: 0 }
  try {
    return sumDurations(new RunLengths(stts, 'stts'))
  } catch {
    // The track is damaged or was not read that far; reading more is not worth it.
    return unknown
  }
}

function sumDurations (runs: RunLengths): MediaLength {
  let totalTicks = 0
  for (let entry = 0; entry < runs.length; entry++) totalTicks += runs.countAt(entry) * runs.valueAt(entry)
  if (runs.length === 0) return { totalTicks, lastDelta: 0, usualDelta: 0 }
  const last = runs.length - 1
  const before = last > 0 && runs.countAt(last) === 1 ? last - 1 : last
  return {
    totalTicks: Math.min(totalTicks, Number.MAX_SAFE_INTEGER),
    lastDelta: runs.valueAt(last),
    usualDelta: runs.valueAt(before)
  }
}
