import type { DolbyVision } from '../../media/dolby-vision.ts'
import { readClockwiseDegrees } from '../turn-filters.ts'
import type { LibavStream, Rational } from './libav-binding.ts'

/** AV_PKT_DATA_DISPLAYMATRIX, AV_PKT_DATA_DOVI_CONF and AV_PKT_DATA_FRAME_CROPPING. */
const DISPLAY_MATRIX = 5
const DOLBY_VISION = 29
const FRAME_CROPPING = 36

/** Size of a display matrix: 9 integers of 32 bits. */
const MATRIX_BYTES = 36

/** Returns the display matrix of a track as 9 fixed-point integers; undefined if there is none. */
export function readMatrix ({ codecpar }: LibavStream): readonly number[] | undefined {
  const data = codecpar.getCodedSideData(DISPLAY_MATRIX)
  if (data === null || data.length < MATRIX_BYTES) return undefined
  return Array.from({ length: 9 }, (_, place) => data.readInt32LE(4 * place))
}

/**
 * Returns the clockwise rotation that makes the coded picture upright, from the display matrix of the track: 0, 90,
 * 180 or 270 degrees.
 */
export function readRotation (stream: LibavStream): number {
  return (360 + Math.round((readClockwiseDegrees(readMatrix(stream) ?? []) ?? 0) / 90) * 90) % 360
}

/**
 * Returns the pixel aspect ratio that the container states for the whole coded picture. libavformat relates the display
 * size of Matroska to the picture without the pixels that `PixelCrop` elements remove, which are shown here. It returns
 * 1:1 if there is no display size, or that of the cropped picture.
 */
export function readPixelAspect ({ codecpar, sampleAspectRatio }: LibavStream, demuxer: string): Rational {
  const cropping = demuxer === 'matroska' ? codecpar.getCodedSideData(FRAME_CROPPING) : null
  const isSquare = sampleAspectRatio.num === sampleAspectRatio.den
  if (cropping === null || cropping.length < 16 || isSquare) return sampleAspectRatio
  const { width, height } = codecpar
  const [top = 0, bottom = 0, left = 0, right = 0] = [0, 4, 8, 12].map((at) => cropping.readUInt32LE(at))
  const [across, down] = [width - left - right, height - top - bottom]
  if (across <= 0 || down <= 0) return sampleAspectRatio
  return reduce(sampleAspectRatio.num * across * height, sampleAspectRatio.den * down * width)
}

/** Returns a fraction in lowest terms, as long as its numbers fit 32 bits. */
function reduce (num: number, den: number): Rational {
  let [one, other] = [num, den]
  while (other !== 0) [one, other] = [other, one % other]
  const reduced = one === 0 ? { num: 0, den: 1 } : { num: num / one, den: den / one }
  return reduced.num <= MAX_INT && reduced.den <= MAX_INT ? reduced : { num: 0, den: 1 }
}

const MAX_INT = 2 ** 31 - 1

/** Returns the Dolby Vision configuration of the track; undefined if there is none. */
export function readDolbyVision ({ codecpar }: LibavStream): DolbyVision | undefined {
  const record = codecpar.getCodedSideData(DOLBY_VISION)
  // AVDOVIDecoderConfigurationRecord: a byte each for version, revision, profile, level, three flags, compatibility.
  if (record === null || record.length < 8) return undefined
  return { profile: record.readUInt8(2), compatibility: record.readUInt8(7) }
}

/** Returns whether the track has a separate alpha channel (RFC 9559, `AlphaMode`). */
export function hasAlphaBeside ({ metadata }: LibavStream): boolean {
  return Object.entries(metadata?.getAll() ?? {}).some(
    ([name, value]) => name.toLowerCase() === 'alpha_mode' && value === '1'
  )
}
