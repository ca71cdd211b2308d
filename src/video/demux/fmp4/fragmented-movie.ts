import type { TrackSummary } from '../index-summary.ts'
import { chooseTrack } from '../mp4/choose-track.ts'
import { type Edit, rescaleTicks } from '../mp4/edit-list.ts'
import type { Movie } from '../mp4/movie.ts'
import { summarizeTracks } from '../mp4/summarize-tracks.ts'
import type { Track } from '../mp4/track.ts'
import { describeTrack } from '../mp4/track-info.ts'
import { type TrackDefaults, readTrackDefaults } from './track-defaults.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { TrackInfo } from '../../media/track.ts'

/** What the index of fragments needs to know of a movie. */
export interface FragmentedMovie {
  /** Of the wanted track, the duration not yet known. */
  readonly info: TrackInfo
  readonly video: Track
  /** What the movie box says of every track; the length of none, since that lies in the fragments. */
  readonly summaries: readonly TrackSummary[]
  readonly wanted: PlacedTrack
  /** Every video and audio track, the wanted one too. */
  readonly tracks: readonly PlacedTrack[]
  /** Of every track of `mvex`. */
  readonly defaults: ReadonlyMap<number, TrackDefaults>
}

/** How a track lies on the presentation timeline. */
export interface PlacedTrack {
  readonly id: number
  readonly timescale: number
  /**
   * What is taken off a media time to get the presentation time: where the edit begins, less the empty edit before
   * it, in ticks.
   */
  readonly offsetTicks: number
  /** Media time that an edit ends at; infinite where it goes on to the end, as it does in most fragmented files. */
  readonly mediaEnd: number
}

const PLAIN_RATE = 0x10000

/**
 * Picks out of a movie what its fragments are read by.
 *
 * @throws PosterframeError as `chooseTrack` and `describeTrack`
 * @throws RangedExtractionError as they, and for edits that are not plain
 */
export function describeFragmentedMovie (movie: Movie, container: 'mp4' | 'mov'): FragmentedMovie {
  if (movie.extension === undefined) throw new RangedExtractionError('the movie has no fragments')
  const video = chooseTrack(movie)
  const tracks = movie.tracks.filter(({ handler }) => handler === 'vide' || handler === 'soun')
  return {
    video,
    summaries: summarizeTracks(movie),
    info: describeTrack(video, { container, durationMicros: null }),
    wanted: placeTrack(video, movie.timescale),
    tracks: tracks.map((track) => placeTrack(track, movie.timescale)),
    defaults: readTrackDefaults(movie.extension.window, movie.extension.box)
  }
}

/**
 * libavformat takes the first edit, or an empty one and the next, as the begin of a fragmented track, and no edit as
 * its end.
 */
function placeTrack ({ id, timescale, edits }: Track, movieTimescale: number): PlacedTrack {
  if (timescale === 0) throw new RangedExtractionError('the track has no timescale')
  if (edits.length === 0) return { id, timescale, offsetTicks: 0, mediaEnd: Infinity }
  if (movieTimescale === 0) throw new RangedExtractionError('the movie has edits and no timescale')
  const rescale = (ticks: number): number => rescaleTicks(ticks, timescale, movieTimescale)
  const shown = edits.at(-1)!
  const empty = edits.length > 1 ? edits[0] : undefined
  if (edits.length > 2 || (empty !== undefined && empty.mediaTicks !== -1)) {
    throw new RangedExtractionError('the video is put together from several edits')
  }
  if (shown.mediaTicks < 0) throw new RangedExtractionError('the edit list shows nothing')
  if (shown.rate !== PLAIN_RATE) throw new RangedExtractionError('an edit changes the speed')
  const offsetTicks = shown.mediaTicks - rescale(empty?.durationTicks ?? 0)
  return { id, timescale, offsetTicks, mediaEnd: findMediaEnd(shown, rescale) }
}

/**
 * An edit without a duration goes on to the end of the fragments; a tick of the movie is forgiven, it may be a coarse
 * one.
 */
function findMediaEnd ({ durationTicks, mediaTicks }: Edit, rescale: (ticks: number) => number): number {
  return durationTicks === 0 ? Infinity : mediaTicks + rescale(durationTicks + 1)
}
