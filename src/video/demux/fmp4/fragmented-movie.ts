import { detectContainer } from '../../media/container.ts'
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

/** Properties of the movie that the index of fragments needs. */
export interface FragmentedMovie {
  /** Properties of the chosen track, without its duration. */
  readonly info: TrackInfo
  readonly video: Track
  /** Summary of every track, without durations, which only the fragments have. */
  readonly summaries: readonly TrackSummary[]
  readonly wanted: PlacedTrack
  /** Every video and audio track, including the chosen one. */
  readonly tracks: readonly PlacedTrack[]
  /** Defaults of every track, from `mvex`. */
  readonly defaults: ReadonlyMap<number, TrackDefaults>
}

/** Position of a track on the presentation timeline. */
export interface PlacedTrack {
  readonly id: number
  readonly timescale: number
  /**
   * Ticks to subtract from a media time for its presentation time: the start of the edit less the empty edit before
   * it.
   */
  readonly offsetTicks: number
  /** Media time at which an edit ends; infinite if it continues to the end, as in most fragmented files. */
  readonly mediaEnd: number
}

const PLAIN_RATE = 0x10000

/**
 * Returns the properties of a movie by which its fragments are read.
 *
 * @param head the first bytes of the file
 * @throws PosterframeError as `chooseTrack` and `describeTrack`
 * @throws RangedExtractionError as these two, and for edits that are not plain
 */
export function planFragmentedMovie (movie: Movie, head: Buffer): FragmentedMovie {
  if (movie.extension === undefined) throw new RangedExtractionError('the movie has no fragments')
  const video = chooseTrack(movie)
  const tracks = movie.tracks.filter(({ handler }) => handler === 'vide' || handler === 'soun')
  const container = detectContainer(head)?.name === 'mov' ? 'mov' : 'mp4'
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
 * libavformat takes the first edit, or an empty one and the next, as the start of a fragmented track, and ignores its
 * end.
 */
function placeTrack ({ id, timescale, edits }: Track, movieTimescale: number): PlacedTrack {
  if (timescale === 0) throw new RangedExtractionError('the track has no timescale')
  if (edits.length === 0) return { id, timescale, offsetTicks: 0, mediaEnd: Infinity }
  if (movieTimescale === 0) throw new RangedExtractionError('the movie has edits and no timescale')
  const rescale = (ticks: number): number => rescaleTicks(ticks, timescale, movieTimescale)
  const shown = edits.at(-1)!
  const empty = edits.length > 1 ? edits[0] : undefined
  if (edits.length > 2 || (empty !== undefined && empty.mediaTicks !== -1)) {
    throw new RangedExtractionError('the edit list has several edits')
  }
  if (shown.mediaTicks < 0) throw new RangedExtractionError('the edit list shows nothing')
  if (shown.rate !== PLAIN_RATE) throw new RangedExtractionError('an edit changes the speed')
  const offsetTicks = shown.mediaTicks - rescale(empty?.durationTicks ?? 0)
  return { id, timescale, offsetTicks, mediaEnd: findMediaEnd(shown, rescale) }
}

/**
 * An edit without a duration continues to the end of the fragments. One movie tick is tolerated, which may be coarse.
 */
function findMediaEnd ({ durationTicks, mediaTicks }: Edit, rescale: (ticks: number) => number): number {
  return durationTicks === 0 ? Infinity : mediaTicks + rescale(durationTicks + 1)
}
