import { PosterframeError } from '../../../errors.ts'
import { readDecodedSize } from '../../bitstream/decoded-size.ts'
import { assertCompatibleDolbyVision } from '../../media/dolby-vision.ts'
import type { MatroskaHead } from './matroska-head.ts'
import type { MatroskaTrack, MatroskaVideo } from './matroska-track.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { VideoCodec, ColourTag, TrackInfo } from '../../media/track.ts'

/** The properties that the head alone states. */
export type HeadInfo = Omit<TrackInfo, 'durationMicros'>

const CODECS: Readonly<
  Record<string, { readonly codec: VideoCodec, readonly sampleEntry: string, readonly configBytes: number }>
> = {
  'V_MPEG4/ISO/AVC': { codec: 'h264', sampleEntry: 'avc1', configBytes: 7 },
  'V_MPEGH/ISO/HEVC': { codec: 'hevc', sampleEntry: 'hvc1', configBytes: 23 },
  V_VP8: { codec: 'vp8', sampleEntry: 'vp08', configBytes: 0 },
  V_VP9: { codec: 'vp9', sampleEntry: 'vp09', configBytes: 0 },
  V_AV1: { codec: 'av1', sampleEntry: 'av01', configBytes: 0 }
}

/** From this unit on the display size does not state the pixel aspect (RFC 9559, section 5.1.4.1.28.14). */
const DISPLAY_UNIT_UNKNOWN = 4
const FIXED_ONE = 0x10000
const FIXED_ONE_W = 0x40000000

/**
 * Returns the one video track of a file.
 *
 * @throws RangedExtractionError if anything about it is unusual; PosterframeError `encrypted_video`,
 * `unsupported_codec`
 */
export function choosePlainTrack ({ tracks, nanosPerTick }: MatroskaHead): MatroskaTrack {
  const [track, ...others] = tracks.filter(({ kind }) => kind === 'video')
  if (track === undefined) throw new RangedExtractionError('there is no video track')
  if (track.isEncrypted) throw new PosterframeError('encrypted_video')
  if (track.dolbyVision !== undefined) assertCompatibleDolbyVision(track.dolbyVision)
  const doubts: Array<readonly [boolean, string]> = [
    [others.length > 0, 'there are several video tracks'],
    [
      tracks.length > 100 || new Set(tracks.map(({ number }) => number)).size < tracks.length,
      'the tracks are not told apart'
    ],
    [nanosPerTick === 0 || 1e9 % nanosPerTick !== 0, 'the ticks are no whole part of a second'],
    [tracks.some(({ kind, isEnabled }) => kind !== 'other' && !isEnabled), 'a track is switched off'],
    [track.encoding?.kind === 'unsupported', 'the blocks are compressed in an unusual way'],
    [tracks.some(({ timestampScale }) => timestampScale !== 1), 'a track has its own clock'],
    [track.isComposite, 'the video track is put together of several'],
    ...listPictureDoubts(track.video)
  ]
  const doubt = doubts.find(([isThere]) => isThere)
  if (doubt !== undefined) throw new RangedExtractionError(doubt[1])
  return track
}

function listPictureDoubts (video: MatroskaVideo | undefined): Array<readonly [boolean, string]> {
  if (video === undefined || video.width === 0 || video.height === 0) return [[true, 'the picture has no size']]
  return [
    [video.width > 65535 || video.height > 65535, 'the picture is too large for a segment'],
    [video.interlaced === 1, 'the picture is interlaced'],
    [video.stereoMode !== 0 && !isPlainPair(video), 'the picture is two for two eyes'],
    [video.projection !== undefined && !isUprightable(video.projection), 'the picture is projected']
  ]
}

function isUprightable ({ type, yaw, pitch, roll }: NonNullable<MatroskaVideo['projection']>): boolean {
  return type === 0 && yaw === 0 && pitch === 0 && roll % 90 === 0
}

/** Returns whether the parameter sets of a track are in its packets: it has no decoder configuration. */
export function hasParametersInBand ({ codecId, codecPrivate }: MatroskaTrack): boolean {
  return CODECS[codecId]?.codec === 'h264' && codecPrivate.length === 0
}

/**
 * Returns what a segment of the track must state.
 *
 * @param codecPrivate the decoder configuration, of the track or built from its packets
 * @throws RangedExtractionError if no segment can carry the codec, or its configuration is missing
 */
export function readHeadInfo (
  container: 'matroska' | 'webm',
  { nanosPerTick }: MatroskaHead,
  track: MatroskaTrack,
  codecPrivate = track.codecPrivate
): HeadInfo {
  const known = CODECS[track.codecId]
  const { video } = track
  if (known === undefined || video === undefined) {
    throw new RangedExtractionError('no segment can carry this codec')
  }
  if (codecPrivate.length < known.configBytes || (known.configBytes > 0 && codecPrivate[0] !== 1)) {
    throw new RangedExtractionError('the decoder configuration is missing')
  }
  const hasRecord = known.configBytes > 0 || known.codec === 'av1'
  // The private data of VP9 in Matroska is no vpcC record. A copy: the bytes around it are not kept.
  const codecConfig = hasRecord ? Buffer.from(codecPrivate) : Buffer.alloc(0)
  return {
    container,
    codec: known.codec,
    sampleEntry: hasParametersInBand(track) ? 'avc3' : known.sampleEntry,
    codecConfig,
    ...readDecodedSize({ codec: known.codec, codecConfig, width: video.width, height: video.height }),
    timescale: 1e9 / nanosPerTick,
    matrix: toDisplayMatrix(video.projection?.roll ?? 0),
    pixelAspect: readPixelAspectRatio(video),
    colour: toColourTag(video.colour)
  }
}

/** Returns the display matrix for a roll, which counts anticlockwise (RFC 9559, section 5.1.4.1.28.46). */
function toDisplayMatrix (rollDegrees: number): number[] {
  const quarter = (((-rollDegrees / 90) % 4) + 4) % 4
  const cosine = [FIXED_ONE, 0, -FIXED_ONE, 0][quarter]!
  const sine = [0, FIXED_ONE, 0, -FIXED_ONE][quarter]!
  return [cosine, sine, 0, 0 - sine, cosine, 0, 0, 0, FIXED_ONE_W]
}

function hasDisplaySize ({ displayWidth, displayHeight, displayUnit }: MatroskaVideo): boolean {
  return displayWidth !== 0 && displayHeight !== 0 && displayUnit < DISPLAY_UNIT_UNKNOWN
}

/**
 * Values of StereoMode (RFC 9559, section 5.1.4.1.28.3): the pictures of two eyes in one frame, both as large as
 * stated.
 */
const SIDE_BY_SIDE = [1, 11]
const ONE_ABOVE_THE_OTHER = [2, 3]

function isPlainPair (video: MatroskaVideo): boolean {
  return [...SIDE_BY_SIDE, ...ONE_ABOVE_THE_OTHER].includes(video.stereoMode) && hasDisplaySize(video)
}

/** The display size is that of the picture for one eye. Both pictures are shown, as ffmpeg does. */
function readPixelAspectRatio (video: MatroskaVideo): TrackInfo['pixelAspect'] {
  if (!hasDisplaySize(video)) return undefined
  if (isShapeOfCrop(video)) return { across: 1, down: 1 }
  const { width, height, displayWidth, displayHeight, stereoMode } = video
  const across = height * displayWidth * (SIDE_BY_SIDE.includes(stereoMode) ? 2 : 1)
  const down = width * displayHeight * (ONE_ABOVE_THE_OTHER.includes(stereoMode) ? 2 : 1)
  if (!Number.isSafeInteger(across) || !Number.isSafeInteger(down)) {
    throw new RangedExtractionError('the display size is too large')
  }
  const divisor = findDivisor(across, down)
  if (across / divisor > 0xffffffff || down / divisor > 0xffffffff) {
    throw new RangedExtractionError('the display size is too large')
  }
  return { across: across / divisor, down: down / divisor }
}

/**
 * Returns whether the display size is that of the picture within its `PixelCrop` (RFC 9559, section 5.1.4.1.28.12),
 * which is shown whole, with square pixels. Other display sizes are those of the whole picture: many writers mean that.
 */
function isShapeOfCrop (video: MatroskaVideo): boolean {
  const { croppedAcross, croppedDown, displayWidth, displayHeight } = video
  if (croppedAcross === 0 && croppedDown === 0) return false
  return displayWidth * (video.height - croppedDown) === displayHeight * (video.width - croppedAcross)
}

function findDivisor (a: number, b: number): number {
  return b === 0 ? a : findDivisor(b, a % b)
}

/** Ranges: 0 unknown, 1 broadcast, 2 full. If nothing is stated at all, the bitstream decides. */
function toColourTag (colour: MatroskaVideo['colour']): ColourTag | undefined {
  if (colour === undefined) return undefined
  const { primaries, transfer, matrix, range } = colour
  if (Math.max(primaries, transfer, matrix) > 255 || range > 2) {
    throw new RangedExtractionError('the colour is coded in a way of its own')
  }
  if (range === 0 && primaries === 2 && transfer === 2 && matrix === 2) return undefined
  return { primaries, transfer, matrix, isFullRange: range === 2 }
}
