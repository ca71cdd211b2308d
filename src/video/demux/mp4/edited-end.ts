import type { Movie } from './movie.ts'
import type { Track } from './track.ts'
import { ticksToMicros } from '../../media/time.ts'

/**
 * Returns the end of the last edit of any video or audio track, in microseconds. Media behind it was cut away, even
 * if the last sample would last longer (ISO/IEC 14496-12, section 8.6.6); ffmpeg does not cut there.
 *
 * @returns `Infinity` if a track has no edits or one without an end, or if fragments follow
 */
export function findEditedEnd ({ tracks, timescale, extension }: Movie): number {
  const seen = tracks.filter(({ handler }) => handler === 'soun' || handler === 'vide')
  if (timescale === 0 || extension !== undefined || seen.length === 0) return Infinity
  const ends = seen.map(sumEdits)
  return ends.includes(Infinity) ? Infinity : ticksToMicros(Math.max(...ends), { numerator: 1, denominator: timescale })
}

function sumEdits ({ edits }: Track): number {
  const isOpen = edits.length === 0 || edits.some(({ durationTicks }) => durationTicks === 0)
  return isOpen ? Infinity : edits.reduce((sum, { durationTicks }) => sum + durationTicks, 0)
}
