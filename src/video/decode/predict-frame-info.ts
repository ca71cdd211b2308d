import { type FrameInfo, turnUpright } from './frame-info.ts'
import { readRotation } from '../media/display-matrix.ts'
import type { TrackInfo } from '../media/track.ts'

/** Matrix coefficients (ISO/IEC 23091-2, table 4) by ffmpeg's names; what is not here is unknown. */
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

/** Primaries, likewise (table 2); those that make no difference here may be missing. */
const PRIMARIES_NAMES: Readonly<Record<number, string>> = {
  1: 'bt709',
  5: 'bt470bg',
  6: 'smpte170m',
  9: 'bt2020',
  11: 'smpte431',
  12: 'smpte432'
}

/** Transfer functions of HDR (table 3); the others make no difference. */
const TRANSFER_NAMES: Readonly<Record<number, string>> = { 16: 'smpte2084', 18: 'arib-std-b67' }

/**
 * What a decoded frame, stood upright, will most likely be, by the container alone, so that its filters can be
 * planned before it is decoded. The decoder has the last word: where it says otherwise the frame is decoded again.
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
