import type { TrackSummary } from '../index-summary.ts'
import { chooseTrack } from '../mp4/choose-track.ts'
import { type Edit, NORMAL_RATE, rescaleTicks } from '../mp4/edit-list.ts'
import type { Movie } from '../mp4/movie.ts'
import { summarizeTracks } from '../mp4/summarize-tracks.ts'
import type { Track } from '../mp4/track.ts'
import { describeTrack } from '../mp4/track-info.ts'
import { type TrackDefaults, readTrackDefaults } from './track-defaults.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { TrackInfo } from '../../media/track.ts'

/** A movie that continues in fragments, as far as their index needs it. */
export interface FragmentedMovie {
  /** Info of the wanted track, without its duration. */
  readonly info: TrackInfo
  readonly video: Track
  /** Every track of the movie box, without durations, which only the fragments have. */
  readonly summaries: readonly TrackSummary[]
  readonly wanted: TrackTiming
  /** Every video and audio track, including the wanted one. */
  readonly tracks: readonly TrackTiming[]
  /** Sample defaults of every track of `mvex`. */
  readonly defaults: ReadonlyMap<number, TrackDefaults>
}

/** The place of a track on the presentation timeline. */
export interface TrackTiming {
  readonly id: number
  readonly timescale: number
  /** Media time minus presentation time: the start of the edit minus the empty edit before it, in ticks. */
  readonly offsetTicks: number
  /** Media time at the end of the edit; infinite if it lasts to the end, as it does in most fragmented files. */
  readonly mediaEnd: number
}

/**
 * Describes a fragmented movie by its movie box.
 *
 * @throws PosterframeError as `chooseTrack` and `describeTrack`
 * @throws RangedExtractionError as they, and for unsupported edit lists
 */
export function describeFragmentedMovie (movie: Movie, container: 'mp4' | 'mov'): FragmentedMovie {
  if (movie.extension === undefined) throw new RangedExtractionError('the movie has no fragments')
  const video = chooseTrack(movie)
  const tracks = movie.tracks.filter(({ handler }) => handler === 'vide' || handler === 'soun')
  return {
    video,
    summaries: summarizeTracks(movie),
    info: describeTrack(video, { container, durationMicros: null }),
    wanted: readTrackTiming(video, movie.timescale),
    tracks: tracks.map((track) => readTrackTiming(track, movie.timescale)),
    defaults: readTrackDefaults(movie.extension.window, movie.extension.box)
  }
}

/**
 * Reads the timing of a track from its edit list. libavformat starts a fragmented track at its first edit, or at the
 * second one after an empty edit, and never ends it by an edit.
 */
function readTrackTiming ({ id, timescale, edits }: Track, movieTimescale: number): TrackTiming {
  if (timescale === 0) throw new RangedExtractionError('the track has no timescale')
  if (edits.length === 0) return { id, timescale, offsetTicks: 0, mediaEnd: Infinity }
  if (movieTimescale === 0) throw new RangedExtractionError('the movie has edits and no timescale')
  const rescale = (ticks: number): number => rescaleTicks(ticks, timescale, movieTimescale)
  const shown = edits.at(-1)!
  const empty = edits.length > 1 ? edits[0] : undefined
  if (edits.length > 2 || (empty !== undefined && empty.mediaTicks !== -1)) {
    throw new RangedExtractionError('the edit list joins several parts of the media')
  }
  if (shown.mediaTicks < 0) throw new RangedExtractionError('the edit list shows nothing')
  if (shown.rate !== NORMAL_RATE) throw new RangedExtractionError('an edit changes the speed')
  const offsetTicks = shown.mediaTicks - rescale(empty?.durationTicks ?? 0)
  return { id, timescale, offsetTicks, mediaEnd: findMediaEnd(shown, rescale) }
}

/**
 * Finds the media time at the end of an edit. One without a duration lasts to the end of the fragments. A tick of the
 * movie is added as tolerance, since its clock may be coarse.
 */
function findMediaEnd ({ durationTicks, mediaTicks }: Edit, rescale: (ticks: number) => number): number {
  return durationTicks === 0 ? Infinity : mediaTicks + rescale(durationTicks + 1)
}
