import { PosterframeError } from '../../errors.ts'
import { resolveTimestamp } from '../../options/timestamp.ts'
import { chooseRepresentative } from './representative-frame.ts'
import { PresentationClock, type FrameTime, chooseFrame, chooseSeekTime } from './choose-frame.ts'
import type { Container } from '../media/container.ts'
import { type PacketPlaces, cutPackets } from './cut-packets.ts'
import { type DecodeTarget, type FrameDecoding, decodeWithFilters } from '../decode/decode-with-filters.ts'
import {
  describeDownload,
  type DownloadedVideo,
  type FullDownloadSettings,
  openDownloadedVideo
} from './full-download.ts'
import type { FrameRequest, ExtractFrame } from './extract-frame.ts'
import type { ExtractedFrame } from '../media/frame.ts'
import type { DecodedFrame, Listing, RunContext } from '../decode/decoder.ts'
import type { DecoderInput } from '../decode/decode-plan.ts'

/**
 * The way that works for every container and codec that ffmpeg knows: the whole file is on scratch, ffmpeg lists its
 * packets once and then decodes the frame of exactly the wanted presentation time. (ffmpeg's own `-ss` gives the *next*
 * frame, and nothing near the end.)
 */
export function createExtractFull (settings: FullDownloadSettings): ExtractFrame {
  return async (source, request, context) =>
    await context.inSlot(async () => {
      const video = await openDownloadedVideo(source, settings, context)
      return await context.steps.measure('decode', () => extractFromFile(video, request, settings, context))
    })
}

/** Takes a frame of a video that is open. */
export async function extractFromFile (
  video: DownloadedVideo,
  request: FrameRequest,
  { ffmpeg }: Pick<FullDownloadSettings, 'ffmpeg'>,
  context: RunContext
): Promise<ExtractedFrame> {
  const { frames, timeline, upright } = video
  const decoder = { ...video, ffmpeg, context, info: upright, request }
  const target =
    request.timestamp.kind === 'auto'
      ? await chooseRepresentative(frames, (candidates, filters) => decodeKeyFrames(decoder, candidates, filters))
      : chooseFrame(
        frames,
        resolveTimestamp(request.timestamp, timeline.durationMicros, request.beyond),
        request.seek,
        timeline.clock
      )
  const { frame, isKey, packetsDecoded } = await decodeTarget(decoder, target, frames, request)
  return {
    picture: frame.picture,
    timestampMicros: timeline.clock.toMicros(frame.info.pts),
    isKey,
    source: describeDownload(video),
    warnings: [],
    packetsDecoded,
    mode: 'full'
  }
}

interface ChosenDecoder extends FrameDecoding {
  readonly container: Container
  readonly listing: Listing
  /** The same file with ffmpeg's first decoder, which knows key frames: those of libvpx call every frame one. */
  readonly file: DecoderInput
}

async function decodeKeyFrames (
  { ffmpeg, input, context, listing }: ChosenDecoder,
  candidates: readonly FrameTime[],
  filters: string
) {
  const pts = candidates.map(({ pts }) => pts)
  const clock = new PresentationClock(listing.chosen.timeBase, 0)
  // What the decoder says of damage is to be of this one alone.
  const seekSeconds = pts.length === 1 ? clock.toContainerSeconds(pts[0]!) : undefined
  return await ffmpeg.decode(input, { pts, seekSeconds, keyFramesOnly: true, filters }, context)
}

/**
 * Decodes the target from the key frame before it. Where that yields nothing (a demuxer that seeks too far, a packet
 * that is only one field of its frame), or a frame that only the container calls a key frame, the frames are listed by
 * decoding all, and the target is chosen and decoded anew.
 *
 * @throws PosterframeError `corrupt_video` where the frame is damaged or lost
 */
async function decodeTarget (
  decoder: ChosenDecoder,
  target: FrameTime,
  frames: readonly FrameTime[],
  request: FrameRequest
) {
  const { packets, timeBase } = decoder.listing.chosen
  const { from, packetCount } = chooseSeekTime(packets, target)
  const seekSeconds = from === undefined ? undefined : new PresentationClock(timeBase, 0).toContainerSeconds(from.pts)
  const last = packets.findIndex(({ pts, isShown }) => pts === target.pts && isShown)
  const frame = await decodeUndamaged(
    decoder,
    { ...countCopies(frames, target), seekSeconds },
    { first: last - packetCount + 1, last }
  )
  const isKey = decoder.input === decoder.file ? frame?.info.isKey === true : target.isKey
  if (frame !== undefined && (request.seek === 'exact' || isKey)) return { frame, isKey, packetsDecoded: packetCount }

  const decoded = await decoder.ffmpeg.inspect(decoder.file, decoder.context)
  const clock = new PresentationClock(timeBase, 0)
  const nearest = chooseFrame(decoded, clock.toMicros(target.pts), request.seek, clock)
  const again = await decodeUndamaged(decoder, { ...countCopies(decoded, nearest), seekSeconds: undefined }, undefined)
  if (again === undefined || (frame === undefined && isBehindDamage(frames, target, again))) {
    throw explainLoss(decoder, target, 'cannot be decoded')
  }
  return { frame: again, isKey: nearest.isKey, packetsDecoded: packets.length }
}

function countCopies (frames: readonly FrameTime[], { pts }: FrameTime) {
  return { pts, copies: frames.filter((frame) => frame.pts === pts).length }
}

/** Decoding from the start of the video is worth so many packets where it may show that there is no damage. */
const MAX_PACKETS_ANEW = 5000

/**
 * Decodes a frame and refuses one that the decoder patched up. What it says may be of pictures in front of the key
 * frame that was sought to, or of packets behind the target that other threads have begun: so the packets that lead
 * to the frame are decoded alone or, where they cannot be had or do not suffice, all from the start, by one thread.
 *
 * @param run where those packets are; undefined where that is not known
 */
async function decodeUndamaged (
  decoder: ChosenDecoder,
  target: DecodeTarget,
  run: PacketPlaces | undefined
): Promise<DecodedFrame | undefined> {
  const first = await decodeWithFilters(decoder, target)
  if (first.decodeError === undefined) return first.frame
  const input = { ...decoder.input, threads: 1 }
  const isAlone = run !== undefined && target.copies === 1
  const cut = isAlone ? await cutPackets({ ...decoder, input }, decoder.listing.chosen, run) : undefined
  if (cut !== undefined) {
    const { frame, decodeError } = await decodeWithFilters(
      { ...decoder, input: cut.input },
      { pts: cut.pts, seekSeconds: undefined }
    )
    if (decodeError === undefined) return frame && { ...frame, info: { ...frame.info, pts: target.pts } }
  }
  // What the container calls a key frame may be none, and then only those before it help.
  if ((run?.last ?? 0) > MAX_PACKETS_ANEW) throw explainLoss(decoder, target, 'is damaged')
  const again = await decodeWithFilters({ ...decoder, input }, { ...target, seekSeconds: undefined })
  if (again.decodeError !== undefined) throw explainLoss(decoder, target, 'is damaged')
  return again.frame
}

/** It names the timestamp, so that the whole video is not remembered as broken. */
function explainLoss ({ listing }: ChosenDecoder, { pts }: { readonly pts: number }, what: string): PosterframeError {
  const timestamp = new PresentationClock(listing.chosen.timeBase, 0).toMicros(pts) / 1e6
  return new PosterframeError('corrupt_video', {
    detail: `The frame at this timestamp ${what}.`,
    members: { timestamp }
  })
}

/** Whether the frame that came is not the one before the target but an older one: those between were lost. */
function isBehindDamage (frames: readonly FrameTime[], target: FrameTime, { info }: DecodedFrame): boolean {
  const between = frames.filter(({ pts }) => pts > info.pts && pts <= target.pts)
  return between.length > 1
}
