import { type Edit, planPresentation, rescaleTicks } from './edit-list.ts'
import type { Movie } from './movie.ts'
import { RunLengths } from './run-lengths.ts'
import type { SampleTable } from './sample-table.ts'
import type { ShownFrames } from './shown-frames.ts'
import type { Track } from './track.ts'
import { ticksToMicros } from '../../media/time.ts'

/** What is known of the frames of the video track. */
export interface KnownFrames {
  readonly table: SampleTable
  readonly frames: ShownFrames
  /** Ticks from the media's clock to the presentation's. */
  readonly shift: number
}

/**
 * When the last video or sound ends that is presented, in microseconds: as ffmpeg lists it, so that both ways agree
 * what the middle is.
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
 * The end of the last frame. Where decoding and presentation differ, no table says how long it is shown: as long as
 * most, which is what ffmpeg takes from the frame rate.
 */
function endVideo (track: Track, movie: Movie, { table, frames, shift }: KnownFrames): number {
  const last = frames.findAt(Infinity)
  if (table.offsets === undefined && last === table.samples - 1) return endOther(track, movie)
  const delta = table.offsets === undefined ? table.times.deltaOf(last) : table.times.usualDelta
  return table.ptsOf(last) + delta + shift
}

/** How long the media of a track is in its ticks, and how long its last sample, by its table and by the one before. */
interface MediaLength {
  readonly totalTicks: number
  readonly lastDelta: number
  readonly usualDelta: number
}

/** The end of a track whose frames are not looked at, in its ticks. */
function endOther (track: Track, movie: Movie): number {
  const length = measureMedia(track)
  return length.totalTicks === 0 ? 0 : endMedia(track.edits, length, track.timescale, movie.timescale)
}

/**
 * When media of a length ends on the presentation: ffmpeg lets the last sample last until the end of the track, which
 * is the end of its media or of its edits, whichever is first, be the delay of the edits counted or not; and as long
 * as usual where that is no time at all (libavformat/mov.c, `mov_read_packet` and `mov_fix_index`).
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
    // Edits that are not plain last as long as they say.
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
  // ffmpeg does not list a track that does not say what its samples are.
  if (boxes.findStart('stsd') === undefined) return { ...unknown, totalTicks: 0 }
  try {
    return sumDurations(new RunLengths(stts, 'stts'))
  } catch {
    // Damaged, or not read as far: no reason to read more.
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
