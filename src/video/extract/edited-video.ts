import { isPosterframeError, PosterframeError } from '../../errors.ts'
import { chooseTrack, showsFrames } from '../demux/mp4/choose-track.ts'
import { type EditedMedia, isComposed, readEditedMedia } from '../demux/mp4/edit-parts.ts'
import { findMovie } from '../demux/mp4/find-movie.ts'
import { findEditedEnd } from '../demux/mp4/presented-end.ts'
import { hasSecondMovie } from '../demux/mp4/second-movie.ts'
import type { Container } from '../media/container.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import { ticksToMicros, type TimeBase } from '../media/time.ts'
import type { ByteReader } from '../source/byte-source.ts'
import type { Listing } from '../decode/decoder.ts'
import type { FrameTime } from './choose-frame.ts'

/** What the movie box of a downloaded MP4 states that the decoder does not report. */
export interface MovieFacts {
  /** End of the edits, in microseconds; `Infinity` if there are none or they cannot be read. */
  readonly endMicros: number
  /** Display matrices of the video tracks. */
  readonly matrices: ReadonlyArray<readonly number[]>
  /** Place of the video track to show among those of the file, if the decoder would choose one that shows nothing. */
  readonly videoTrack: number | undefined
  /** Parts of the media that the video track presents, if ffmpeg does not present them as its edit list says. */
  readonly composed: EditedMedia | undefined
  /** True if another movie follows in the file, which is not shown. */
  readonly hasSecondMovie: boolean
}

const NONE: MovieFacts = {
  endMicros: Infinity,
  matrices: [],
  videoTrack: undefined,
  composed: undefined,
  hasSecondMovie: false
}

/** Reads the movie box of a video, if its container has one that can be read, and what follows it. */
export async function readMovieFacts (reader: ByteReader, { startsAtZero }: Container): Promise<MovieFacts> {
  if (!startsAtZero) return NONE
  try {
    const found = await findMovie(reader)
    const { movie } = found
    const videos = movie.tracks.filter(({ handler }) => handler === 'vide')
    const shown = movie.extension === undefined ? videos.filter(showsFrames) : videos
    const file = {
      endMicros: findEditedEnd(movie),
      matrices: videos.map(({ matrix }) => matrix),
      videoTrack: shown.length === 0 || shown.length === videos.length ? undefined : videos.indexOf(chooseTrack(movie)),
      hasSecondMovie: movie.extension === undefined && (await hasSecondMovie(reader, found))
    }
    if (movie.extension !== undefined || movie.tracks.every(({ edits }) => !isComposed(edits))) {
      return { ...file, composed: undefined }
    }
    const { edits, timescale } = chooseTrack(movie)
    return { ...file, composed: isComposed(edits) ? readEditedMedia(edits, timescale, movie.timescale) : undefined }
  } catch (error) {
    if (error instanceof RangedExtractionError) return NONE
    // The decoder chooses the track itself, and has limits of its own.
    if (isPosterframeError(error, 'video_limits_exceeded') || isPosterframeError(error, 'no_video_track')) return NONE
    throw error
  }
}

/** Returns the end of the video whose edits were ignored in a listing, in microseconds: that of its longest track. */
export function findComposedEnd (
  { endTicks }: EditedMedia,
  { tracks, chosen }: Pick<Listing, 'tracks' | 'chosen'>
): number {
  const sounds = tracks.flatMap(({ kind, span, timeBase }) =>
    kind === 'audio' && span !== undefined ? [ticksToMicros(span.end, timeBase)] : []
  )
  return Math.max(ticksToMicros(endTicks, chosen.timeBase), ...sounds)
}

/** Maximum number of frames that edits may present: 9 hours at 60 frames a second. */
const MAX_PRESENTED = 2_000_000

/**
 * Returns the frames of a track in the order in which edits present them, each as often as they do.
 *
 * @param frames those of the media, in presentation order
 * @throws PosterframeError `video_limits_exceeded` for more than `MAX_PRESENTED`
 */
export function presentFrames (
  frames: readonly FrameTime[],
  { parts }: EditedMedia,
  timeBase: TimeBase
): FrameTime[] {
  let count = 0
  return parts.flatMap(({ start, mediaStart, mediaEnd }) => {
    const current = Math.max(0, countBefore(frames, mediaStart + 1) - 1)
    const end = Math.max(current + 1, countBefore(frames, mediaEnd))
    count += end - current
    if (count > MAX_PRESENTED) {
      throw new PosterframeError('video_limits_exceeded', {
        detail:
          `The edit list shows more than ${MAX_PRESENTED.toLocaleString('en')} frames, which is the limit. ` +
          'Re-encode the video without edits.'
      })
    }
    return frames.slice(current, end).map((frame) => ({
      ...frame,
      presentedMicros: ticksToMicros(start + Math.max(0, frame.pts - mediaStart), timeBase)
    }))
  })
}

/** Returns the number of frames before a time. */
function countBefore (frames: readonly FrameTime[], pts: number): number {
  let low = 0
  let high = frames.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (frames[middle]!.pts < pts) low = middle + 1
    else high = middle
  }
  return low
}
