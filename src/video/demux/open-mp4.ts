import type { VideoIndex } from './video-index.ts'
import { chooseTrack } from './mp4/choose-track.ts'
import { readPresentation } from './mp4/edit-list.ts'
import { findFieldTicks } from './mp4/field-samples.ts'
import { findMovie } from './mp4/find-movie.ts'
import { openFragmentedIndex } from './fmp4/open-fragmented-index.ts'
import { findEditedEnd, findPresentedEnd } from './mp4/presented-end.ts'
import { SampleTable } from './mp4/sample-table.ts'
import { createSampleTableIndex } from './mp4/sample-table-index.ts'
import { ShownFrames } from './mp4/shown-frames.ts'
import { summarizeTracks } from './mp4/summarize-tracks.ts'
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
  const { movie: found, moov, head } = await findMovie(source)
  // Some cameras announce fragments and then write none: a file without bytes after its movie box has none.
  const movie = moov.end === source.size ? { ...found, extension: undefined } : found
  const container = name ?? (detectContainer(head)?.name === 'mov' ? 'mov' : 'mp4')
  if (movie.extension !== undefined) return await openFragmentedIndex(source, { movie, moov, container })
  const track = chooseTrack(movie)
  const info = describeTrack(track, { container, durationMicros: null })
  const presentation = readPresentation(track.edits, track.timescale, movie.timescale)
  const table = new SampleTable(track.boxes, source.size)
  const frames = new ShownFrames(table, presentation)
  const shift = presentation.delay - frames.origin
  const endMicros = Math.min(findPresentedEnd(movie, track, { table, frames, shift }), findEditedEnd(movie))
  const durationMicros = endMicros === 0 && table.samples === 1 ? STILL_MICROS : endMicros
  if (durationMicros === 0) throw new RangedExtractionError('the file does not state the duration of the video')
  return createSampleTableIndex({
    info: { ...info, durationMicros },
    table,
    frames,
    shift,
    fieldTicks: await findFieldTicks(source, info, table),
    tracks: summarizeTracks(movie)
  })
}
