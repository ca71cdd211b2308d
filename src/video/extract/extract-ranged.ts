import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseRepresentative, MAX_CANDIDATES } from './representative-frame.ts'
import { dropNonReferenceFrames } from '../bitstream/drop-non-reference.ts'
import { writeSegment, type WrittenSegment } from '../remux/write-segment.ts'
import { decodeWithFilters } from '../decode/decode-with-filters.ts'
import { describeRangedFrame, resolveMoment } from './ranged-frame.ts'
import { predictFrameInfo } from '../decode/predict-frame-info.ts'
import type { KnownVideo } from './index-cache.ts'
import { type IndexSettings, openDecodableVideo } from './known-video.ts'
import type { FrameSource, FrameRequest, ExtractContext, ExtractFrame } from './extract-frame.ts'
import type { VideoIndex } from '../demux/video-index.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { PacketRange } from '../media/track.ts'
import type { DecodedFrame, Decoder } from '../decode/decoder.ts'
import type { DecoderInput } from '../decode/decode-plan.ts'

/** What the fast way stands on. */
export interface RangedSettings extends IndexSettings {
  readonly decoder: Decoder
  /** How many threads a decode may use now. */
  readonly countThreads: () => number
}

/** The container that clips are written in. */
const CLIP_CONTAINER = { name: 'mp4', demuxer: 'mov', startsAtZero: true } as const

/** How many key frames earlier a run is begun at most, and the size past which it is not begun earlier. */
const MAX_STEPS_BACK = 4
const MAX_STEPPING_BYTES = 32 * 1024 * 1024

/**
 * The fast way: the index says which packets lead to the frame, those alone are read and written into a tiny file of
 * our own making, and ffmpeg decodes that. Throws `RangedExtractionError` at any doubt.
 */
export function createExtractRanged (settings: RangedSettings): ExtractFrame {
  return async (source, request, context) => {
    const video = await context.steps.measure('index', () => openDecodableVideo(source, settings))
    const found =
      request.timestamp.kind === 'auto'
        ? await choosePacketRange(source, video, settings, context)
        : await context.steps.measure('fetch', () => findRun(source, video.index, request))
    const { frame, run, needed } = await decodeOrStepBack(found, source, video, request, settings, context)
    return describeRangedFrame(frame, run, needed.packets.length, video.index.info)
  }
}

/**
 * Decodes the target of a run. After a recovery point of an open GOP decoders hold some frames back, since nothing
 * proves that they are right: then the run is begun one key frame earlier, and again, within bounds.
 */
async function decodeOrStepBack (
  found: PacketRange,
  source: FrameSource,
  video: KnownVideo,
  request: FrameRequest,
  settings: RangedSettings,
  context: ExtractContext
) {
  for (let run = found, steps = 0; ; steps++) {
    const needed = dropNonReferenceFrames(video.index.info, run)
    const frame = await context.steps.measure('decode', () =>
      context.inSlot(() => decodeTarget(needed, video, request, settings, context))
    )
    if (frame !== undefined) return { frame, run, needed }
    const bytes = run.packets.reduce((sum, { data }) => sum + data.length, 0)
    if (steps === MAX_STEPS_BACK || bytes > MAX_STEPPING_BYTES) {
      throw new RangedExtractionError('the clip did not give the frame')
    }
    run = await context.steps.measure('fetch', () => video.index.readEarlier(source.reader, run))
  }
}

async function findRun (source: FrameSource, index: VideoIndex, request: FrameRequest): Promise<PacketRange> {
  const { atMicros, seek } = resolveMoment(request, index.info)
  return await index.readPacketRange(source.reader, atMicros, seek)
}

/** The run of the most representative of several key frames, judged by one run of ffmpeg over all of them. */
export async function choosePacketRange (
  source: FrameSource,
  video: KnownVideo,
  settings: RangedSettings,
  context: ExtractContext
): Promise<PacketRange> {
  const runs = await context.steps.measure('fetch', () => video.index.readKeyFrames(source.reader, MAX_CANDIDATES))
  const [first] = runs
  if (first === undefined) throw new RangedExtractionError('there are no key frames')
  if (runs.length === 1) return first
  const packets = runs.flatMap((run) => run.packets)
  const path = join(context.directory, 'candidates.mp4')
  const clip = await writeSegment(path, video.index.info, { packets, targetPts: first.targetPts, isKey: true })
  const frames = runs.map(({ targetPts }) => ({ pts: clip.segmentTimes.get(targetPts) ?? NaN, isKey: true }))
  const chosen = await context.steps.measure('decode', () =>
    context.inSlot(() =>
      chooseRepresentative(frames, async (candidates, filters) => {
        const plan = { pts: candidates.map(({ pts }) => pts), seekSeconds: undefined, keyFramesOnly: false, filters }
        const { frames } = await settings.decoder.decode(segmentInput(clip, runs.length, settings), plan, context)
        // Damage to the chosen one shows when it is decoded alone, and then the general way chooses anew.
        return { frames, decodeError: undefined }
      })
    )
  )
  return runs[frames.indexOf(chosen)] ?? first
}

async function decodeTarget (
  run: PacketRange,
  video: KnownVideo,
  request: FrameRequest,
  settings: RangedSettings,
  context: ExtractContext
): Promise<DecodedFrame | undefined> {
  const path = join(context.directory, 'clip.mp4')
  const clip = await writeSegment(path, video.index.info, run)
  const input = segmentInput(clip, run.packets.length, settings)
  const foretold = video.frameInfo ?? predictFrameInfo(video.index.info)
  const { frame, decodeError } = await decodeWithFilters(
    { decoder: settings.decoder, input, context, info: foretold, request },
    { pts: clip.targetPts, seekSeconds: undefined }
  )
  if (decodeError !== undefined) throw new RangedExtractionError(`the decoder patched up damage: ${decodeError}`)
  if (frame === undefined) await rm(path)
  else video.frameInfo = frame.info
  return frame
}

/** How ffmpeg opens a clip. Threads decode a frame each, so that more of them than packets cost and bring nothing. */
export function segmentInput (
  { path, size }: WrittenSegment,
  packetCount: number,
  { countThreads, maxPixels }: RangedSettings
): DecoderInput {
  return {
    path,
    container: CLIP_CONTAINER,
    isProbed: false,
    threads: Math.min(countThreads(), packetCount),
    maxPixels,
    bytes: size
  }
}
