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
 * packets once and then decodes the frame of exactly the wanted presentation time. (ffmpeg's own `-ss` gives the
 * *next* frame, and nothing near the end.)
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
  { decoder }: Pick<FullDownloadSettings, 'decoder'>,
  context: RunContext
): Promise<ExtractedFrame> {
  const { frames, timeline, upright } = video
  const decoding = { ...video, decoder, context, info: upright, request }
  const target =
    request.timestamp.kind === 'auto'
      ? await chooseRepresentative(frames, (candidates, filters) => decodeKeyFrames(decoding, candidates, filters))
      : chooseFrame(
        frames,
        resolveTimestamp(request.timestamp, timeline.durationMicros, request.beyond),
        request.seek,
        timeline.clock
      )
  const { frame, isKey, packetsDecoded } = await decodeTarget(decoding, target, frames, request)
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

interface FileDecoding extends FrameDecoding {
  readonly container: Container
  readonly listing: Listing
  /** The same file with ffmpeg's first decoder, which knows key frames: those of libvpx call every frame one. */
  readonly file: DecoderInput
}

async function decodeKeyFrames (
  { decoder, input, context, listing }: FileDecoding,
  candidates: readonly FrameTime[],
  filters: string
) {
  const pts = candidates.map(({ pts }) => pts)
  const clock = new PresentationClock(listing.chosen.timeBase, 0)
  // What the decoder says of damage is to be of this one alone.
  const seekSeconds = pts.length === 1 ? clock.toContainerSeconds(pts[0]!) : undefined
  return await decoder.decode(input, { pts, seekSeconds, keyFramesOnly: true, filters }, context)
}

/**
 * Decodes the target from the key frame before it. Where that yields nothing (a demuxer that seeks too far, a packet
 * that is only one field of its frame), or a frame that only the container calls a key frame, the frames are listed
 * by decoding all, and the target is chosen and decoded anew.
 *
 * @throws PosterframeError `corrupt_video` where the frame is damaged or lost
 */
async function decodeTarget (
  decoding: FileDecoding,
  target: FrameTime,
  frames: readonly FrameTime[],
  request: FrameRequest
) {
  const { packets, timeBase } = decoding.listing.chosen
  const { from, packetCount } = chooseSeekTime(packets, target)
  const seekSeconds = from === undefined ? undefined : new PresentationClock(timeBase, 0).toContainerSeconds(from.pts)
  const last = packets.findIndex(({ pts, isShown }) => pts === target.pts && isShown)
  const frame = await decodeUndamaged(
    decoding,
    { ...countCopies(frames, target), seekSeconds },
    { first: last - packetCount + 1, last }
  )
  const isKey = decoding.input === decoding.file ? frame?.info.isKey === true : target.isKey
  if (frame !== undefined && (request.seek === 'exact' || isKey)) return { frame, isKey, packetsDecoded: packetCount }

  const decoded = await decoding.decoder.inspect(decoding.file, decoding.context)
  const clock = new PresentationClock(timeBase, 0)
  const nearest = chooseFrame(decoded, clock.toMicros(target.pts), request.seek, clock)
  const again = await decodeUndamaged(decoding, { ...countCopies(decoded, nearest), seekSeconds: undefined }, undefined)
  if (again === undefined || (frame === undefined && isBehindDamage(frames, target, again))) {
    throw explainLoss(decoding, target, 'cannot be decoded')
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
  decoding: FileDecoding,
  target: DecodeTarget,
  run: PacketPlaces | undefined
): Promise<DecodedFrame | undefined> {
  const first = await decodeWithFilters(decoding, target)
  if (first.decodeError === undefined) return first.frame
  const input = { ...decoding.input, threads: 1 }
  const isAlone = run !== undefined && target.copies === 1
  const cut = isAlone ? await cutPackets({ ...decoding, input }, decoding.listing.chosen, run) : undefined
  if (cut !== undefined) {
    const { frame, decodeError } = await decodeWithFilters(
      { ...decoding, input: cut.input },
      { pts: cut.pts, seekSeconds: undefined }
    )
    if (decodeError === undefined) return frame && { ...frame, info: { ...frame.info, pts: target.pts } }
  }
  // What the container calls a key frame may be none, and then only those before it help.
  if ((run?.last ?? 0) > MAX_PACKETS_ANEW) throw explainLoss(decoding, target, 'is damaged')
  const again = await decodeWithFilters({ ...decoding, input }, { ...target, seekSeconds: undefined })
  if (again.decodeError !== undefined) throw explainLoss(decoding, target, 'is damaged')
  return again.frame
}

/** It names the timestamp, so that the whole video is not remembered as broken. */
function explainLoss ({ listing }: FileDecoding, { pts }: { readonly pts: number }, what: string): PosterframeError {
  const timestamp = new PresentationClock(listing.chosen.timeBase, 0).toMicros(pts) / 1e6
  return new PosterframeError('corrupt_video', {
    detail: `The frame at this timestamp ${what}.`,
    members: { timestamp }
  })
}

/** Returns whether the frame that came is not the one before the target but an older one: those between were lost. */
function isBehindDamage (frames: readonly FrameTime[], target: FrameTime, { info }: DecodedFrame): boolean {
  const between = frames.filter(({ pts }) => pts > info.pts && pts <= target.pts)
  return between.length > 1
}
