import { resolvePlace, resolveTimestamp, type Timestamp } from '../../options/timestamp.ts'
import { PresentationClock } from './choose-frame.ts'
import { displaySize, type FrameInfo, isHdr } from '../decode/frame-info.ts'
import type { FrameRequest } from './extract-frame.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { VideoIndex } from '../demux/video-index.ts'
import type { ByteReader } from '../source/byte-source.ts'
import type { Moment, PacketRange, TrackInfo } from '../media/track.ts'
import { type ExtractedFrame, SECOND_MOVIE_IGNORED, type VideoInfo } from '../media/frame.ts'
import type { DecodedFrame } from '../decode/decoder.ts'

/**
 * Returns the moment that a request resolves to.
 *
 * @throws PosterframeError as `resolveTimestamp` and `resolvePlace`; RangedExtractionError if that needs a duration or
 * the times of all frames, and the index lacks them
 */
export async function resolveMoment (
  request: FrameRequest,
  index: Pick<VideoIndex, 'info' | 'locateFrame'>,
  source: ByteReader
): Promise<Moment> {
  const { timestamp, seek, beyond } = request
  const { durationMicros } = index.info
  if (timestamp.kind === 'auto') throw new TypeError('auto is chosen, not found')
  if (timestamp.kind === 'frame') return { atMicros: await locateMicros(timestamp, request, index, source), seek }
  const isWithoutDuration = timestamp.kind === 'first' || timestamp.kind === 'last'
  if (durationMicros === null && !isWithoutDuration) throw new RangedExtractionError('the file has no duration')
  return { atMicros: resolveTimestamp(timestamp, durationMicros ?? 0, beyond), seek }
}

async function locateMicros (
  { place }: Extract<Timestamp, { kind: 'frame' }>,
  { beyond }: FrameRequest,
  index: Pick<VideoIndex, 'locateFrame'>,
  source: ByteReader
): Promise<number> {
  const located = await index.locateFrame?.(source, place)
  if (located === undefined) throw new RangedExtractionError('the index does not count the frames')
  resolvePlace(place, located.frames, beyond)
  return located.atMicros ?? Number.MAX_SAFE_INTEGER
}

/** Describes a frame decoded from a segment. */
export function describeRangedFrame (
  { info: seen, picture }: DecodedFrame,
  range: Pick<PacketRange, 'targetPts' | 'presentedPts' | 'isKey'>,
  packetsDecoded: number,
  info: TrackInfo
): ExtractedFrame {
  return {
    picture,
    timestampMicros: toMicros(range, info),
    isKey: range.isKey,
    source: describeTrack(info, seen),
    warnings: info.hasSecondMovie === true ? [SECOND_MOVIE_IGNORED] : [],
    packetsDecoded,
    mode: 'ranged'
  }
}

/** Returns the properties of a video, as its index and a frame of it state them. */
export function describeTrack ({ durationMicros, container, codec }: TrackInfo, frame: FrameInfo): VideoInfo {
  return {
    duration: durationMicros === null ? null : durationMicros / 1e6,
    container,
    codec,
    ...displaySize(frame),
    rotation: frame.rotation,
    hdr: isHdr(frame)
  }
}

/** Returns the presentation time of the target of a packet range. */
export function toMicros (
  { targetPts, presentedPts = targetPts }: Pick<PacketRange, 'targetPts' | 'presentedPts'>,
  { timescale }: TrackInfo
): number {
  return new PresentationClock({ numerator: 1, denominator: timescale }, 0).toMicros(presentedPts)
}
