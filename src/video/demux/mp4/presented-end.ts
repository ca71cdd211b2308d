import { type Edit, readPresentation, rescaleTicks } from './edit-list.ts'
import type { EditedMedia } from './edit-parts.ts'
import type { Movie } from './movie.ts'
import { RunLengths } from './run-lengths.ts'
import type { SampleTable } from './sample-table.ts'
import type { ShownFrames } from './shown-frames.ts'
import type { Track } from './track.ts'
import { ticksToMicros } from '../../media/time.ts'

/** The frames of the video track, as far as they are indexed. */
export interface KnownFrames {
  readonly table: SampleTable
  readonly frames: ShownFrames
  /** Ticks from the clock of the media to that of the presentation. */
  readonly shift: number
}

/**
 * Returns the end of the longest audio or video track, in microseconds, computed as ffmpeg does, so that ranged
 * extraction and the full download resolve `50%` to the same frame.
 */
export function findPresentedEnd (movie: Movie, track: Track, known: KnownFrames | EditedMedia): number {
  const others = movie.tracks.filter((other) => other !== track && isPresented(other) && other.timescale > 0)
  return Math.max(
    0,
    toMicros('endTicks' in known ? known.endTicks : endVideo(track, movie, known), track),
    ...others.map((other) => toMicros(endOther(other, movie), other))
  )
}

/**
 * Returns the end of the last edit of any audio or video track, in microseconds: what comes after it was cut away,
 * even if the last sample would last longer (ISO/IEC 14496-12, section 8.6.6). ffmpeg does not end there.
 *
 * @returns `Infinity` if a track has no edits, or one without a duration, and if the movie continues in fragments
 */
export function findEditedEnd ({ tracks, timescale, extension }: Movie): number {
  const presented = tracks.filter(isPresented)
  if (timescale === 0 || extension !== undefined || presented.length === 0) return Infinity
  const ends = presented.map(sumEdits)
  return ends.includes(Infinity) ? Infinity : ticksToMicros(Math.max(...ends), { numerator: 1, denominator: timescale })
}

function isPresented ({ handler }: Track): boolean {
  return handler === 'soun' || handler === 'vide'
}

function sumEdits ({ edits }: Track): number {
  const isOpen = edits.length === 0 || edits.some(({ durationTicks }) => durationTicks === 0)
  return isOpen ? Infinity : edits.reduce((sum, { durationTicks }) => sum + durationTicks, 0)
}

function toMicros (ticks: number, { timescale }: Track): number {
  return ticksToMicros(ticks, { numerator: 1, denominator: timescale })
}

/**
 * Returns the end of the last frame. If decode and presentation times differ, no table states how long it is shown:
 * as long as most frames, the value that ffmpeg derives from the frame rate.
 */
function endVideo (track: Track, movie: Movie, { table, frames, shift }: KnownFrames): number {
  const last = frames.findAt(Infinity)
  if (table.offsets === undefined && last === table.samples - 1) return endOther(track, movie)
  const delta = table.offsets === undefined ? table.times.deltaOf(last) : table.times.usualDelta
  return table.ptsOf(last) + delta + shift
}

/** Duration of a track's media and of its last sample, the latter by its own entry and by the one before; in ticks. */
interface MediaLength {
  readonly totalTicks: number
  readonly lastDelta: number
  readonly usualDelta: number
}

/** Returns the end of a track whose frames are not indexed, in its ticks. */
function endOther (track: Track, movie: Movie): number {
  const length = measureMedia(track)
  return length.totalTicks === 0 ? 0 : endMedia(track.edits, length, track.timescale, movie.timescale)
}

/**
 * Returns the end of presentation of media of a length. In ffmpeg the last sample lasts until the end of the track,
 * which is the end of its media or of its edits, whichever comes first, with or without the initial empty edit; and
 * the usual time if that would be no time at all (libavformat/mov.c, `mov_read_packet` and `mov_fix_index`).
 */
function endMedia (
  edits: readonly Edit[],
  { totalTicks, lastDelta, usualDelta }: MediaLength,
  timescale: number,
  movieTimescale: number
): number {
  const { delay, mediaStart, editTicks } = measureEdits(edits, totalTicks, timescale, movieTimescale)
  const lastStart = delay + Math.min(totalTicks - mediaStart, editTicks) - lastDelta
  const end = Math.min(totalTicks, delay + editTicks)
  return end > lastStart ? end : lastStart + usualDelta
}

function measureEdits (edits: readonly Edit[], totalTicks: number, timescale: number, movieTimescale: number) {
  if (edits.length === 0 || movieTimescale === 0) return { delay: 0, mediaStart: 0, editTicks: totalTicks }
  try {
    const { mediaStart, mediaEnd, delay } = readPresentation(edits, timescale, movieTimescale)
    return { delay, mediaStart, editTicks: mediaEnd - mediaStart }
  } catch {
    // An edit list that is not simple lasts as long as its entries say.
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
    // Malformed, or not read entirely: not worth another request.
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
