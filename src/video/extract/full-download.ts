import { stat } from 'node:fs/promises'
import { PosterframeError, isPosterframeError } from '../../errors.ts'
import { detectFileContainer } from '../demux/sniff.ts'
import { displaySize, isHdr } from '../decode/frame-info.ts'
import { MAX_RESTARTS } from '../decode/restart-finder.ts'
import { findComposedEnd, presentFrames, readMovieFacts } from './edited-video.ts'
import type { FrameSource, ExtractContext } from './extract-frame.ts'
import { SECOND_MOVIE_IGNORED, type VideoInfo } from '../media/frame.ts'
import type { RunContext } from '../decode/decoder.ts'
import { type FullDownloadSettings, readRecording, type Recording, type VideoFile } from './recording.ts'
import type { Warning } from '../../telemetry/work.ts'
import { TOLERANCE_MICROS } from '../media/time.ts'
import { buildTimeline, moveTimeline } from './timeline.ts'

/** A video on scratch: one recording, or several that were joined, in the order of the file. */
export interface DownloadedVideo {
  readonly recordings: readonly [Recording, ...Recording[]]
  readonly durationMicros: number
  readonly warnings: readonly Warning[]
}

/** Videos that are being used, so that the steps of one request list each once. */
const openVideos = new WeakMap<FullDownloadSettings, WeakMap<FrameSource, Promise<DownloadedVideo>>>()

/**
 * Downloads a video to scratch and lists it, once for each source.
 *
 * @throws PosterframeError as `readRecording`, and `video_limits_exceeded` for too many joined recordings
 */
export async function openDownloadedVideo (
  source: FrameSource,
  settings: FullDownloadSettings,
  context: ExtractContext
): Promise<DownloadedVideo> {
  const videos = openVideos.get(settings) ?? new WeakMap<FrameSource, Promise<DownloadedVideo>>()
  openVideos.set(settings, videos)
  const opening = videos.get(source) ?? downloadVideo(source, settings, context)
  videos.set(source, opening)
  try {
    return await opening
  } catch (error) {
    videos.delete(source)
    throw error
  }
}

async function downloadVideo (
  source: FrameSource,
  settings: FullDownloadSettings,
  context: ExtractContext
): Promise<DownloadedVideo> {
  const path = await context.steps.measure('fetch', () => source.stage())
  return await context.steps.measure('index', async () => {
    const described = await describeFile(path, settings)
    const movie = await readMovieFacts(source.reader, described.container)
    const { endMicros, matrices, videoTrack, composed, hasSecondMovie } = movie
    const warnings = hasSecondMovie ? [SECOND_MOVIE_IGNORED] : []
    const file = { ...described, videoTrack, ...(composed === undefined ? {} : { ignoresEdits: true }) }
    const listing = await settings.decoder.list(file, context)
    if (listing.restarts.length > 0) {
      // Those of a decoder that the video has taken over may be anywhere.
      const restarts = listing.restarts.filter((start) => start < file.bytes)
      return joinRecordings(await listSlices(file, restarts, settings, context))
    }
    const listed = await readRecording({ file, listing, matrices }, settings, context)
    const timeline = buildTimeline(listed, endMicros)
    if (composed === undefined) return joinRecordings([{ ...listed, timeline }], warnings)
    const frames = presentFrames(listed.frames, composed, listing.chosen.timeBase)
    const durationMicros = Math.min(endMicros, findComposedEnd(composed, listing))
    return joinRecordings([{ ...listed, frames, timeline: { ...timeline, durationMicros } }], warnings)
  })
}

async function describeFile (path: string, { maxPixels }: FullDownloadSettings): Promise<VideoFile> {
  return {
    path,
    container: await detectFileContainer(path),
    isProbed: true,
    threads: 1,
    maxPixels,
    bytes: (await stat(path)).size
  }
}

/**
 * Lists the recordings that a file consists of, each as if it were a file. Leaves out those without pictures.
 *
 * @param restarts offsets of the bytes at which all but the first begin
 */
async function listSlices (
  file: VideoFile,
  restarts: readonly number[],
  settings: FullDownloadSettings,
  context: RunContext
): Promise<Recording[]> {
  if (restarts.length > MAX_RESTARTS) {
    throw new PosterframeError('video_limits_exceeded', {
      detail:
        `The video consists of more than ${MAX_RESTARTS + 1} recordings, whose clocks restart; that is the limit. ` +
        'Split it into shorter videos.'
    })
  }
  const recordings: Recording[] = []
  let failure: unknown
  for (const [place, start] of [0, ...restarts].entries()) {
    const end = restarts[place] ?? file.bytes
    const slice: VideoFile = { ...file, slice: { start, end }, bytes: end - start }
    try {
      const listing = await settings.decoder.list(slice, context)
      const listed = await readRecording({ file: slice, listing, matrices: [] }, settings, context)
      recordings.push({ ...listed, timeline: buildTimeline(listed, Infinity) })
    } catch (error) {
      if (!isPosterframeError(error, 'corrupt_video', 'no_video_track')) throw error
      failure = error
    }
  }
  if (recordings.length === 0) throw failure
  return recordings
}

/** Puts recordings one behind the other: each begins where the one before it ends. */
function joinRecordings (recordings: readonly Recording[], warnings: readonly Warning[] = []): DownloadedVideo {
  let durationMicros = 0
  const joined = recordings.map((recording) => {
    const timeline = moveTimeline(recording.timeline, durationMicros)
    durationMicros += timeline.durationMicros
    return { ...recording, timeline }
  })
  const [first, ...others] = joined
  return { recordings: [first!, ...others], durationMicros, warnings }
}

/** Returns the recording that is shown at a time: the last one that begins at or before it. */
export function chooseRecording ({ recordings }: DownloadedVideo, atMicros: number): Recording {
  let chosen = recordings[0]
  let startMicros = 0
  for (const recording of recordings) {
    if (startMicros > atMicros + TOLERANCE_MICROS) break
    chosen = recording
    startMicros += recording.timeline.durationMicros
  }
  return chosen
}

/** Returns the properties of a video, as its listing and its first frame state them. */
export function describeDownload ({ recordings, durationMicros }: DownloadedVideo): VideoInfo {
  const [{ container, listing, upright }] = recordings
  return {
    duration: durationMicros / 1e6,
    container: container.name,
    codec: listing.chosen.codec,
    ...displaySize(upright),
    rotation: upright.rotation,
    hdr: isHdr(upright)
  }
}
