import { PosterframeError } from '../../errors.ts'
import { chooseFrame, type FrameTime, PresentationClock } from './choose-frame.ts'
import { cutPackets } from './cut-packets.ts'
import type { PacketPlaces } from './cut-range.ts'
import { type DecodeTarget, decodeWithFilters, type FrameDecoding } from '../decode/decode-with-filters.ts'
import type { DecodedFrame } from '../decode/decoder.ts'
import type { FrameRequest } from './extract-frame.ts'
import { planSeek } from './plan-seek.ts'
import type { Recording } from './recording.ts'

/** A decoded frame of a recording, and the packets that were decoded for it. */
export interface FullFrame {
  readonly frame: DecodedFrame
  readonly isKey: boolean
  readonly packetsDecoded: number
}

/** The recording to decode from. */
export type FileDecoding = FrameDecoding & Recording

/**
 * Decodes the target from the key frame before it. If that yields nothing (a demuxer that seeks too far, a packet
 * with only one field of its frame) or a frame with an error, decodes from an earlier position.
 *
 * @throws PosterframeError `corrupt_video` if the frame is damaged or lost
 */
export async function decodeTarget (
  decoding: FileDecoding,
  target: FrameTime,
  request: FrameRequest
): Promise<FullFrame> {
  const { frames, listing } = decoding
  const { packets, timeBase } = listing.chosen
  const last = packets.findIndex(({ pts, isShown }) => pts === target.pts && isShown)
  const { seekSeconds, packetCount, isSeparable } = planSeek(decoding, target)
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
 * Frames that a decoder holds back at most (Rec. ITU-T H.264, section A.3.1). At the end, that of ffmpeg 5.1 may give
 * up on them all because of a picture before the key frame that cannot be shown.
 */
const MAX_DELAYED_FRAMES = 16

/**
 * Decodes a frame and rejects one with a concealed error. An error may concern pictures before the key frame or
 * packets after the target, so the packets in between are then decoded alone.
 *
 * @returns undefined if the decoder does not show the frame
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
  let isIntact = false
  for (const behind of places !== undefined && target.copies === 1 ? [0, MAX_DELAYED_FRAMES] : []) {
    const cut = await cutPackets({ ...decoding, input }, decoding.listing.chosen, { ...places!, behind })
    if (cut === undefined) break
    const { frame, decodeError } = await decodeWithFilters(
      { ...decoding, input: cut.input },
      { pts: cut.pts, seekSeconds: undefined }
    )
    if (decodeError !== undefined) break
    if (frame !== undefined) return { ...frame, info: { ...frame.info, pts: target.pts } }
    isIntact = true
  }
  // Such a picture is not shown, as those before the first key frame of an open GOP.
  if (isIntact) return undefined
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
