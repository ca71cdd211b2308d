import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseRepresentative, MAX_CANDIDATES } from './representative-frame.ts'
import { readPictureMemory } from '../bitstream/picture-memory.ts'
import { dropNonReferenceFrames } from '../bitstream/drop-non-reference.ts'
import { writeSegment, type WrittenSegment } from '../remux/write-segment.ts'
import { fitThreads } from '../decode/decode-budget.ts'
import { decodeWithFilters } from '../decode/decode-with-filters.ts'
import { describeRangedFrame, resolveMoment } from './ranged-frame.ts'
import { predictFrameInfo } from '../decode/predict-frame-info.ts'
import type { KnownVideo } from './index-cache.ts'
import { type IndexSettings, openDecodableVideo } from './known-video.ts'
import type { FrameSource, FrameRequest, ExtractContext, ExtractFrame } from './extract-frame.ts'
import type { VideoIndex } from '../demux/video-index.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { CodedPacket, PacketRange, TrackInfo } from '../media/track.ts'
import type { DecodedFrame, Decoder } from '../decode/decoder.ts'
import type { DecoderInput } from '../decode/decode-plan.ts'

/** Settings of ranged extraction. */
export interface RangedSettings extends IndexSettings {
  readonly decoder: Decoder
  /** Returns the number of threads that a decode may use now. */
  readonly countThreads: () => number
}

/** Container of remuxed segments. */
const SEGMENT_CONTAINER = { name: 'mp4', demuxer: 'mov', startsAtZero: true } as const

/** Another frame of the video may fit into memory. */
const KEY_FRAME_ADVICE = { advice: ", or a key frame of this one ('seek': 'keyframe')", rememberSeconds: 0 }

/** Maximum number of key frames to step back, and the size above which to stop stepping back. */
const MAX_STEPS_BACK = 4
const MAX_STEPPING_BYTES = 32 * 1024 * 1024

/**
 * Creates ranged extraction: the index finds the packets that lead to the frame, only these are read and remuxed into
 * a small segment, and the decoder decodes it. Throws `RangedExtractionError` if the right frame is not certain.
 */
export function createExtractRanged (settings: RangedSettings): ExtractFrame {
  return async (source, request, context) => {
    const video = await context.steps.measure('index', () => openDecodableVideo(source, settings))
    const found =
      request.timestamp.kind === 'auto'
        ? await choosePacketRange(source, video, settings, context)
        : await context.steps.measure('fetch', () => findPacketRange(source, video.index, request))
    const { frame, range, needed } = await decodeOrStepBack(found, source, video, request, settings, context)
    return describeRangedFrame(frame, range, needed.packets.length, video.index.info)
  }
}

/**
 * Decodes the target of a packet range. After a recovery point of an open GOP, decoders withhold frames that may not
 * be intact; the range then begins one key frame earlier, repeatedly within bounds.
 */
async function decodeOrStepBack (
  found: PacketRange,
  source: FrameSource,
  video: KnownVideo,
  request: FrameRequest,
  settings: RangedSettings,
  context: ExtractContext
) {
  for (let range = found, steps = 0; ; steps++) {
    const needed = dropNonReferenceFrames(video.index.info, range)
    const frame = await context.steps.measure('decode', () =>
      context.inSlot(() => decodeTarget(needed, video, request, settings, context))
    )
    if (frame !== undefined) return { frame, range, needed }
    const bytes = range.packets.reduce((sum, { data }) => sum + data.length, 0)
    if (steps === MAX_STEPS_BACK || bytes > MAX_STEPPING_BYTES) {
      throw new RangedExtractionError('the segment did not yield the frame')
    }
    range = await context.steps.measure('fetch', () => video.index.readEarlier(source.reader, range))
  }
}

async function findPacketRange (source: FrameSource, index: VideoIndex, request: FrameRequest): Promise<PacketRange> {
  const { atMicros, seek } = await resolveMoment(request, index, source.reader)
  return await index.readPacketRange(source.reader, atMicros, seek)
}

/** Returns the packet range of the most representative of several key frames, which one decoder run scores. */
export async function choosePacketRange (
  source: FrameSource,
  video: KnownVideo,
  settings: RangedSettings,
  context: ExtractContext
): Promise<PacketRange> {
  const ranges = await context.steps.measure('fetch', () => video.index.readKeyFrames(source.reader, MAX_CANDIDATES))
  const [first] = ranges
  if (first === undefined) throw new RangedExtractionError('there are no key frames')
  if (ranges.length === 1) return first
  const packets = ranges.flatMap((range) => range.packets)
  const path = join(context.directory, 'candidates.mp4')
  const segment = await writeSegment(path, video.index.info, { packets, targetPts: first.targetPts, isKey: true })
  const input = segmentInput(segment, { info: video.index.info, packets, areKeys: true }, settings)
  const frames = ranges.map(({ targetPts }) => ({ pts: segment.segmentTimes.get(targetPts) ?? NaN, isKey: true }))
  const chosen = await context.steps.measure('decode', () =>
    context.inSlot(() =>
      chooseRepresentative(frames, async (candidates, filters) => {
        const plan = { pts: candidates.map(({ pts }) => pts), seekSeconds: undefined, keyFramesOnly: false, filters }
        const { frames } = await settings.decoder.decode(input, plan, context)
        // A decode error of the chosen key frame shows when it is decoded alone; then the full download chooses again.
        return { frames, decodeError: undefined }
      })
    )
  )
  return ranges[frames.indexOf(chosen)] ?? first
}

async function decodeTarget (
  range: PacketRange,
  video: KnownVideo,
  request: FrameRequest,
  settings: RangedSettings,
  context: ExtractContext
): Promise<DecodedFrame | undefined> {
  const path = join(context.directory, 'segment.mp4')
  const segment = await writeSegment(path, video.index.info, range)
  const input = segmentInput(segment, { info: video.index.info, packets: range.packets }, settings)
  const predicted = video.frameInfo ?? predictFrameInfo(video.index.info)
  const { frame, decodeError } = await decodeWithFilters(
    { decoder: settings.decoder, input, context, info: predicted, request },
    { pts: segment.targetPts, seekSeconds: undefined }
  )
  if (decodeError !== undefined) throw new RangedExtractionError(`the decoder concealed an error: ${decodeError}`)
  if (frame === undefined) await rm(path)
  else video.frameInfo = frame.info
  return frame
}

/** Pictures that a decoder holds of a video that has only key frames. */
const KEY_PICTURES = 2

/** The packets of a segment, from a key frame. */
interface SegmentContent {
  readonly info: TrackInfo
  readonly packets: readonly CodedPacket[]
  /** True if all are key frames. */
  readonly areKeys?: boolean
}

/**
 * Returns the decoder input for a segment. Each thread decodes a frame, so that it has no more threads than packets,
 * and no more than memory for their frames.
 *
 * @throws PosterframeError `video_limits_exceeded` if the pictures do not fit into memory, which a key frame may
 */
export function segmentInput (
  { path, size }: WrittenSegment,
  { info, packets, areKeys = false }: SegmentContent,
  { countThreads, maxPixels }: RangedSettings
): DecoderInput {
  const memory = readPictureMemory(info, packets[0]!.data)
  const heldPictures = areKeys ? Math.min(KEY_PICTURES, memory.heldPictures) : memory.heldPictures
  const demand = { memory: { ...memory, heldPictures }, packetCount: packets.length, maxPixels }
  return {
    path,
    container: SEGMENT_CONTAINER,
    isProbed: false,
    threads: fitThreads({ ...demand, threads: countThreads() }, KEY_FRAME_ADVICE),
    maxPixels,
    matrix: info.matrix,
    bytes: size
  }
}
