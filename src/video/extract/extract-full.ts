import { PosterframeError } from '../../errors.ts'
import { resolvePlace, resolveTimestamp } from '../../options/timestamp.ts'
import { chooseRepresentative } from './representative-frame.ts'
import {
  PresentationClock,
  type FrameTime,
  chooseExactSeek,
  chooseFrame,
  chooseSeekTime,
  listShownTimes
} from './choose-frame.ts'
import type { Container } from '../media/container.ts'
import { type PacketPlaces, cutPackets } from './cut-packets.ts'
import { type DecodeTarget, type FrameDecoding, decodeWithFilters } from '../decode/decode-with-filters.ts'
import { chooseRecording, describeDownload, type DownloadedVideo, openDownloadedVideo } from './full-download.ts'
import type { FullDownloadSettings, Recording } from './recording.ts'
import type { FrameRequest, ExtractFrame } from './extract-frame.ts'
import type { ExtractedFrame } from '../media/frame.ts'
import type { DecodedFrame, Listing, RunContext } from '../decode/decoder.ts'
import type { DecoderInput } from '../decode/decode-plan.ts'
import type { FrameInfo } from '../decode/frame-info.ts'

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
  return describeFullFrame(video, { recording, target, ...(await decodeTarget(decoding, target, frames, request)) })
}

/** A decoded frame of a recording, and the packets that were decoded for it. */
export interface FullFrame {
  readonly frame: DecodedFrame
  readonly isKey: boolean
  readonly packetsDecoded: number
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

interface FileDecoding extends FrameDecoding {
  readonly container: Container
  readonly listing: Listing
  /** Properties of the first frame, upright. */
  readonly upright: FrameInfo
  /** Input with ffmpeg's default decoder, which reports key frames: those of libvpx report every frame as one. */
  readonly file: DecoderInput
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

/**
 * Returns whether a video must be decoded from its start, with every frame: without times in the container, a decoder
 * that leaves out frames gives others to the rest; and a palette comes with the first packet and those that change it,
 * whether these are key frames or not.
 */
function needsStart ({ container, upright }: Pick<Recorded, 'container' | 'upright'>): boolean {
  return container.isSequential === true || upright.pixelFormat === 'pal8'
}

type Recorded = Pick<Recording, 'container' | 'upright' | 'listing' | 'frames'>

/** Where to seek for a frame, and the packets to decode from there. */
export interface SeekPlan {
  /** Seek position on the clock of the container; undefined: the beginning. */
  readonly seekSeconds: number | undefined
  /** Number of packets from the seek position to the frame. */
  readonly packetCount: number
  /** True if these packets may be decoded without those before them. */
  readonly isSeparable: boolean
}

/** Returns how to decode a frame. */
export function planSeek (video: Recorded, target: FrameTime): SeekPlan {
  if (needsStart(video)) {
    return { seekSeconds: undefined, packetCount: video.frames.indexOf(target) + 1, isSeparable: false }
  }
  const { packets, timeBase } = video.listing.chosen
  const { from, packetCount } = chooseSeekTime(packets, target)
  const seconds = (pts: number): number => new PresentationClock(timeBase, 0).toContainerSeconds(pts)
  const seekSeconds =
    from !== undefined && video.container.name === 'flv'
      ? chooseExactSeek(packets, from, seconds)
      : from && seconds(from.pts)
  return { seekSeconds, packetCount, isSeparable: true }
}

/**
 * Decodes the target from the key frame before it. If that yields nothing (a demuxer that seeks too far, a packet
 * with only one field of its frame) or a frame with an error, decodes from an earlier position.
 *
 * @throws PosterframeError `corrupt_video` if the frame is damaged or lost
 */
async function decodeTarget (
  decoding: FileDecoding,
  target: FrameTime,
  frames: readonly FrameTime[],
  request: FrameRequest
): Promise<FullFrame> {
  const { packets, timeBase } = decoding.listing.chosen
  const last = packets.findIndex(({ pts, isShown }) => pts === target.pts && isShown)
  const { seekSeconds, packetCount, isSeparable } = planSeek({ ...decoding, frames }, target)
  const frame = await decodeIntact(
    decoding,
    { ...countCopies(frames, target), seekSeconds },
    isSeparable ? { first: last - packetCount + 1, last } : undefined
  )
  const isKey = decoding.input === decoding.file ? frame?.info.isKey === true : target.isKey
  if (frame !== undefined && (request.seek === 'exact' || isKey)) return { frame, isKey, packetsDecoded: packetCount }

  const decoded = await decoding.decoder.inspect(decoding.file, decoding.context)
  const clock = new PresentationClock(timeBase, 0)
  const nearest = chooseFrame(decoded, clock.toMicros(target.pts), request.seek, clock)
  const again = await decodeIntact(decoding, { ...countCopies(decoded, nearest), seekSeconds: undefined }, undefined)
  if (again === undefined || (frame === undefined && isAfterCorruption(frames, target, again))) {
    throw explainLoss(decoding, target, 'cannot be decoded')
  }
  return { frame: again, isKey: nearest.isKey, packetsDecoded: packets.length }
}

function countCopies (frames: readonly FrameTime[], { pts, presentedMicros }: FrameTime) {
  const copies = frames.filter((frame) => frame.pts === pts && frame.presentedMicros === presentedMicros)
  return { pts, copies: copies.length }
}

/** Maximum number of packets to decode from the start of the video, if that may show that the frame is intact. */
const MAX_PACKETS_ANEW = 5000

/**
 * Decodes a frame and rejects one with a concealed error. An error may concern pictures before the key frame or
 * packets after the target, so the packets in between are then decoded alone.
 *
 * @param places the places of those packets; undefined if unknown
 */
async function decodeIntact (
  decoding: FileDecoding,
  target: DecodeTarget,
  places: PacketPlaces | undefined
): Promise<DecodedFrame | undefined> {
  const first = await decodeWithFilters(decoding, target)
  if (first.decodeError === undefined) return first.frame
  const input = { ...decoding.input, threads: 1 }
  const isAlone = places !== undefined && target.copies === 1
  const cut = isAlone ? await cutPackets({ ...decoding, input }, decoding.listing.chosen, places) : undefined
  if (cut !== undefined) {
    const { frame, decodeError } = await decodeWithFilters(
      { ...decoding, input: cut.input },
      { pts: cut.pts, seekSeconds: undefined }
    )
    if (decodeError === undefined) return frame && { ...frame, info: { ...frame.info, pts: target.pts } }
  }
  // A key frame of the container may not be one; then only earlier ones help.
  if ((places?.last ?? 0) > MAX_PACKETS_ANEW) throw explainLoss(decoding, target, 'is damaged')
  const again = await decodeWithFilters({ ...decoding, input }, { ...target, seekSeconds: undefined })
  if (again.decodeError !== undefined) throw explainLoss(decoding, target, 'is damaged')
  return again.frame
}

/** The error has the timestamp, so the whole video is not remembered as corrupt. */
function explainLoss ({ listing }: FileDecoding, { pts }: { readonly pts: number }, what: string): PosterframeError {
  const timestamp = new PresentationClock(listing.chosen.timeBase, 0).toMicros(pts) / 1e6
  return new PosterframeError('corrupt_video', {
    detail: `The frame at this timestamp ${what}.`,
    members: { timestamp }
  })
}

/** Returns whether the decoded frame is older than the one before the target, because frames between them were lost. */
function isAfterCorruption (frames: readonly FrameTime[], target: FrameTime, { info }: DecodedFrame): boolean {
  const between = frames.filter(({ pts }) => pts > info.pts && pts <= target.pts)
  return between.length > 1
}
