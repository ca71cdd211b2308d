import type { VideoIndex } from './video-index.ts'
import { chooseTrack } from './mp4/choose-track.ts'
import { planPresentation } from './mp4/edit-list.ts'
import { findEditedEnd } from './mp4/edited-end.ts'
import { findMovie } from './mp4/find-movie.ts'
import { openFragmentedIndex } from './fmp4/fragmented-index.ts'
import { findPresentedEnd } from './mp4/presented-end.ts'
import { createSampleRanges } from './mp4/sample-ranges.ts'
import { SampleTable } from './mp4/sample-table.ts'
import { ShownFrames } from './mp4/shown-frames.ts'
import { summarizeTracks } from './mp4/summarize-tracks.ts'
import { describeTrack } from './mp4/track-info.ts'
import { HEAD_BYTES, requireContainer } from './sniff.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { ByteReader } from '../source/byte-source.ts'

/** How long the only frame of a video lasts that says nothing of it: ffmpeg takes 25 a second for granted. */
const STILL_MICROS = 40_000

/**
 * Opens an ISO base media file (MP4, MOV), fragmented or not, reading little: its head, and its `moov` box where that
 * is not in it.
 *
 * @throws PosterframeError `no_video_track`, `encrypted_video`, `video_limits_exceeded`; `unsupported_media` where
 * the pictures lie in other files, or it is no such file; what the source throws
 * @throws RangedExtractionError at any doubt
 */
export async function openMp4 (source: ByteReader): Promise<VideoIndex> {
  const { movie: found, moov, head } = await findMovie(source)
  // Some cameras announce fragments and then write none; what has nothing behind its movie box has none.
  const movie = moov.end === source.size ? { ...found, extension: undefined } : found
  const container = requireContainer(head.subarray(0, HEAD_BYTES)).name === 'mov' ? 'mov' : 'mp4'
  if (movie.extension !== undefined) return await openFragmentedIndex(source, { movie, moov, container })
  const track = chooseTrack(movie)
  const info = describeTrack(track, { container, durationMicros: null })
  const presentation = planPresentation(track.edits, track.timescale, movie.timescale)
  const table = new SampleTable(track.boxes, source.size)
  const frames = new ShownFrames(table, presentation)
  const shift = presentation.delay - frames.origin
  const endMicros = Math.min(findPresentedEnd(movie, track, { table, frames, shift }), findEditedEnd(movie))
  const durationMicros = endMicros === 0 && table.samples === 1 ? STILL_MICROS : endMicros
  if (durationMicros === 0) throw new RangedExtractionError('nobody wrote how long the video is')
  return createSampleRanges({ info: { ...info, durationMicros }, table, frames, shift, tracks: summarizeTracks(movie) })
}
