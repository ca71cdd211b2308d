import { resolvePlace, resolveTimestamp } from '../../options/timestamp.ts'
import { chooseRepresentative } from './representative-frame.ts'
import { PresentationClock, type FrameTime, chooseFrame, listShownTimes } from './choose-frame.ts'
import { decodeTarget, type FileDecoding, type FullFrame } from './decode-target.ts'
import { chooseRecording, describeDownload, type DownloadedVideo, openDownloadedVideo } from './full-download.ts'
import type { FullDownloadSettings, Recording } from './recording.ts'
import type { FrameRequest, ExtractFrame } from './extract-frame.ts'
import type { ExtractedFrame } from '../media/frame.ts'
import { needsStart } from './plan-seek.ts'
import type { RunContext } from '../decode/decoder.ts'

/**
 * Creates extraction by full download, for every container and codec that the decoder supports: the whole file is on
 * scratch, the decoder lists its packets once and then decodes the frame with exactly the requested presentation
 * time.
 */
export function createExtractFull (settings: FullDownloadSettings): ExtractFrame {
  return async (source, request, context) =>
    await context.inSlot(async () => {
      const video = await openDownloadedVideo(source, settings, context)
      return await context.steps.measure('decode', () => extractFromFile(video, request, settings, context))
    })
}

/** Extracts a frame of a downloaded video. */
export async function extractFromFile (
  video: DownloadedVideo,
  request: FrameRequest,
  { decoder }: Pick<FullDownloadSettings, 'decoder'>,
  context: RunContext
): Promise<ExtractedFrame> {
  const { timestamp, seek } = request
  const atMicros = timestamp.kind === 'auto' ? undefined : resolveMicros(request, video)
  const recording = atMicros === undefined ? findLongest(video) : chooseRecording(video, atMicros)
  const { frames, timeline, upright } = recording
  const decoding = { ...recording, decoder, context, info: upright, request }
  const target =
    atMicros === undefined
      ? await chooseRepresentative(frames, (candidates, filters) => decodeKeyFrames(decoding, candidates, filters))
      : chooseFrame(frames, atMicros, seek, timeline.clock)
  return describeFullFrame(video, { recording, target, ...(await decodeTarget(decoding, target, request)) })
}

/** The recording and the place of a decoded frame. */
export interface PlacedFrame extends FullFrame {
  readonly recording: Recording
  readonly target: FrameTime
}

/** Returns an extracted frame with the properties of its video. */
export function describeFullFrame (
  video: DownloadedVideo,
  { frame, isKey, packetsDecoded, recording, target }: PlacedFrame
): ExtractedFrame {
  return {
    picture: frame.picture,
    timestampMicros: target.presentedMicros ?? recording.timeline.clock.toMicros(frame.info.pts),
    isKey,
    source: describeDownload(video),
    warnings: video.warnings,
    packetsDecoded,
    mode: 'full'
  }
}

/**
 * Returns the frame of a request whose timestamp is not `auto`, and its recording.
 *
 * @throws PosterframeError `timestamp_out_of_range`
 */
export function chooseRequested (
  request: FrameRequest,
  video: DownloadedVideo
): { readonly recording: Recording, readonly frame: FrameTime } {
  const atMicros = resolveMicros(request, video)
  const recording = chooseRecording(video, atMicros)
  return { recording, frame: chooseFrame(recording.frames, atMicros, request.seek, recording.timeline.clock) }
}

function resolveMicros ({ timestamp, beyond }: FrameRequest, { recordings, durationMicros }: DownloadedVideo): number {
  if (timestamp.kind === 'auto') throw new TypeError('auto is chosen, not found')
  if (timestamp.kind !== 'frame') return resolveTimestamp(timestamp, durationMicros, beyond)
  const shown = recordings.flatMap(({ frames, timeline }) => listShownTimes(frames, timeline.clock))
  return shown[resolvePlace(timestamp.place, shown.length, beyond)]!
}

function findLongest ({ recordings }: DownloadedVideo): Recording {
  return recordings.reduce((longest, recording) =>
    recording.timeline.durationMicros > longest.timeline.durationMicros ? recording : longest
  )
}

async function decodeKeyFrames (
  decoding: FileDecoding,
  candidates: readonly FrameTime[],
  filters: string
) {
  const { decoder, input, context, listing } = decoding
  const pts = candidates.map(({ pts }) => pts)
  const clock = new PresentationClock(listing.chosen.timeBase, 0)
  const isFromStart = needsStart(decoding)
  // Decode errors must concern this frame alone.
  const seekSeconds = pts.length === 1 && !isFromStart ? clock.toContainerSeconds(pts[0]!) : undefined
  return await decoder.decode(input, { pts, seekSeconds, keyFramesOnly: !isFromStart, filters }, context)
}
