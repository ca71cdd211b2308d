import { type FrameInfo, turnUpright } from './frame-info.ts'
import type { TrackInfo } from '../media/track.ts'
import { readClockwiseDegrees } from './turn-filters.ts'

/** ffmpeg names of matrix coefficients (ISO/IEC 23091-2, table 4); others count as unknown. */
const MATRIX_NAMES: Readonly<Record<number, string>> = {
  0: 'gbr',
  1: 'bt709',
  4: 'fcc',
  5: 'bt470bg',
  6: 'smpte170m',
  7: 'smpte240m',
  8: 'ycgco',
  9: 'bt2020nc',
  10: 'bt2020c',
  12: 'chroma-derived-nc',
  13: 'chroma-derived-c',
  14: 'ictcp'
}

/** ffmpeg names of primaries (table 2), without those that make no difference here. */
const PRIMARIES_NAMES: Readonly<Record<number, string>> = {
  1: 'bt709',
  5: 'bt470bg',
  6: 'smpte170m',
  9: 'bt2020',
  11: 'smpte431',
  12: 'smpte432'
}

/** ffmpeg names of HDR transfer functions (table 3); the others make no difference. */
const TRANSFER_NAMES: Readonly<Record<number, string>> = { 16: 'smpte2084', 18: 'arib-std-b67' }

/**
 * Predicts the properties of an upright decoded frame from the container, so that its filters can be built before
 * decoding. If the decoder reports others, the frame is decoded again.
 */
export function predictFrameInfo ({ width, height, matrix, pixelAspect, colour }: TrackInfo): FrameInfo {
  return turnUpright({
    pts: 0,
    isKey: true,
    pixelFormat: 'yuv420p',
    width,
    height,
    pixelAspect: pixelAspect === undefined ? 1 : pixelAspect.across / pixelAspect.down,
    rotation: readRotation(matrix),
    interlacing: 'progressive',
    colorRange: colour === undefined ? 'unknown' : colour.isFullRange ? 'pc' : 'tv',
    colorSpace: MATRIX_NAMES[colour?.matrix ?? 2] ?? 'unknown',
    colorPrimaries: PRIMARIES_NAMES[colour?.primaries ?? 2] ?? 'unknown',
    colorTransfer: TRANSFER_NAMES[colour?.transfer ?? 2] ?? 'unknown'
  })
}

/**
 * Returns the rotation of a display matrix (ISO/IEC 14496-12, section 6.2.2) in degrees clockwise, rounded to a quarter
 * turn; for one that also mirrors, the rotation that ffmpeg reports.
 */
export function readRotation (matrix: readonly number[]): 0 | 90 | 180 | 270 {
  const quarters = Math.round((readClockwiseDegrees(matrix) ?? 0) / 90)
  return ([0, 90, 180, 270] as const)[(quarters + 4) % 4]!
}
