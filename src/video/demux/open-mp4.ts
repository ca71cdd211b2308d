import type { VideoIndex } from './video-index.ts'
import { chooseTrack } from './mp4/choose-track.ts'
import { readPresentation } from './mp4/edit-list.ts'
import { isComposed, readEditedMedia } from './mp4/edit-parts.ts'
import { EditedFrames } from './mp4/edited-frames.ts'
import { findFieldTicks } from './mp4/field-samples.ts'
import { findMovie } from './mp4/find-movie.ts'
import { openFragmentedIndex } from './fmp4/open-fragmented-index.ts'
import type { Movie } from './mp4/movie.ts'
import { findEditedEnd, findPresentedEnd } from './mp4/presented-end.ts'
import { SampleTable } from './mp4/sample-table.ts'
import { hasSecondMovie } from './mp4/second-movie.ts'
import { createSampleTableIndex } from './mp4/sample-table-index.ts'
import { ShownFrames } from './mp4/shown-frames.ts'
import { summarizeTracks } from './mp4/summarize-tracks.ts'
import type { Track } from './mp4/track.ts'
import { describeTrack } from './mp4/track-info.ts'
import { detectContainer } from './sniff.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { ByteReader } from '../source/byte-source.ts'

/** Duration of a single frame if the file states none: ffmpeg assumes 25 frames a second. */
const STILL_MICROS = 40_000

/**
 * Opens an ISO base media file (MP4, MOV), fragmented or not. Reads its head, and its `moov` box if that is
 * elsewhere.
 *
 * @param name the container that its first bytes show; undefined: to be detected
 * @throws PosterframeError `no_video_track`, `encrypted_video`, `video_limits_exceeded`, `unsupported_codec`;
 * `unsupported_media` if it is not such a file, or its frames are in other files; as the source
 * @throws RangedExtractionError if the right frame cannot be guaranteed
 */
export async function openMp4 (source: ByteReader, name?: 'mp4' | 'mov'): Promise<VideoIndex> {
  const foundMovie = await findMovie(source)
  const { movie: found, moov, head } = foundMovie
  // Some cameras announce fragments and then write none: a file without bytes after its movie box has none.
  const movie = moov.end === source.size ? { ...found, extension: undefined } : found
  const container = name ?? (detectContainer(head)?.name === 'mov' ? 'mov' : 'mp4')
  if (movie.extension !== undefined) return await openFragmentedIndex(source, { movie, moov, container })
  const track = chooseTrack(movie)
  const info = describeTrack(track, { container, durationMicros: null })
  const { table, frames, shift, edited, known } = readFrames(movie, track, source.size)
  const endMicros = Math.min(findPresentedEnd(movie, track, known), findEditedEnd(movie))
  const durationMicros = endMicros === 0 && table.samples === 1 ? STILL_MICROS : endMicros
  if (durationMicros === 0) throw new RangedExtractionError('the file does not state the duration of the video')
  const file = { durationMicros, hasSecondMovie: await hasSecondMovie(source, foundMovie) }
  return createSampleTableIndex({
    info: { ...info, ...file },
    table,
    frames,
    shift,
    edited,
    fieldTicks: await findFieldTicks(source, info, table),
    tracks: summarizeTracks(movie)
  })
}

/** Reads the tables of a track, and its edits. */
function readFrames (movie: Movie, track: Track, fileBytes: number) {
  const table = new SampleTable(track.boxes, fileBytes)
  if (isComposed(track.edits)) {
    const known = readEditedMedia(track.edits, track.timescale, movie.timescale)
    const edited = new EditedFrames(table, known.parts)
    return { table, frames: edited.media, shift: 0, edited, known }
  }
  const presentation = readPresentation(track.edits, track.timescale, movie.timescale)
  const frames = new ShownFrames(table, presentation)
  const shift = presentation.delay - frames.origin
  return { table, frames, shift, edited: undefined, known: { table, frames, shift } }
}
