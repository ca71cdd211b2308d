import { requireContainer } from '../container.ts'
import { NotPlainError, type ByteReader, type VideoIndex } from '../video-index.ts'
import { chooseTrack } from './choose-track.ts'
import { planPresentation } from './edit-list.ts'
import { findEditedEnd } from './edited-end.ts'
import { findMovie } from './find-movie.ts'
import { openFragmentedIndex } from './fragments/fragmented-index.ts'
import { findPresentedEnd } from './presented-end.ts'
import { createSampleRuns } from './sample-runs.ts'
import { SampleTable } from './sample-table.ts'
import { ShownFrames } from './shown-frames.ts'
import { summarizeTracks } from './summarize-tracks.ts'
import { describeTrack } from './track-facts.ts'

const HEAD_BYTES = 4096
/** How long the only frame of a video lasts that says nothing of it: ffmpeg takes 25 a second for granted. */
const STILL_MICROS = 40_000

/**
 * Opens an ISO base media file (MP4, MOV), fragmented or not, reading little: its head, and its `moov` box where that is not
 * in it.
 *
 * @throws PosterframeError `no_video_track`, `encrypted_video`, `video_limits_exceeded`; `unsupported_media` where the pictures
 * lie in other files, or it is no such file; what the source throws
 * @throws NotPlainError at any doubt
 */
export async function openBmffIndex (source: ByteReader): Promise<VideoIndex> {
  const { movie: found, moov, head } = await findMovie(source)
  // Some cameras announce fragments and then write none; what has nothing behind its movie box has none.
  const movie = moov.end === source.bytes ? { ...found, extension: undefined } : found
  if (movie.extension !== undefined) return await openFragmentedIndex(source, movie, moov)
  const track = chooseTrack(movie)
  const container = requireContainer(head.subarray(0, HEAD_BYTES)).name === 'mov' ? 'mov' : 'mp4'
  const facts = describeTrack(track, { container, durationMicros: null })
  const presentation = planPresentation(track.edits, track.timescale, movie.timescale)
  const table = new SampleTable(track.boxes, source.bytes)
  const frames = new ShownFrames(table, presentation)
  const shift = presentation.delay - frames.origin
  const endMicros = Math.min(findPresentedEnd(movie, track, { table, frames, shift }), findEditedEnd(movie))
  const durationMicros = endMicros === 0 && table.samples === 1 ? STILL_MICROS : endMicros
  if (durationMicros === 0) throw new NotPlainError('nobody wrote how long the video is')
  return createSampleRuns({ facts: { ...facts, durationMicros }, table, frames, shift, tracks: summarizeTracks(movie) })
}
