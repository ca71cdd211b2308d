// The rules by which a decoded frame becomes the picture that a viewer sees, a function each. They follow the
// standards, not src/.
import type { FrameKind } from './frame-list.ts'
import { isBt2020 } from './truth-light.ts'

/** The weights Kr and Kb of a Y'CbCr matrix. */
export interface MatrixWeights {
  readonly red: number
  readonly blue: number
}

const WEIGHTS: Record<string, MatrixWeights> = {
  // ITU-T H.273, table 4.
  bt709: { red: 0.2126, blue: 0.0722 },
  fcc: { red: 0.3, blue: 0.11 },
  bt470bg: { red: 0.299, blue: 0.114 },
  smpte170m: { red: 0.299, blue: 0.114 },
  smpte240m: { red: 0.212, blue: 0.087 },
  bt2020nc: { red: 0.2627, blue: 0.0593 },
  bt2020c: { red: 0.2627, blue: 0.0593 }
}

/**
 * Returns the matrix of a frame. An untagged frame has BT.2020 if its primaries are BT.2020 or it is HDR without
 * primaries; otherwise BT.709 from 720 lines or 1280 columns on, upright or on its side; otherwise BT.601.
 */
export function chooseMatrix (kind: FrameKind): MatrixWeights {
  const { space, width, height } = kind
  if (WEIGHTS[space] === undefined && isBt2020(kind)) return WEIGHTS['bt2020nc']!
  const isHd = Math.min(width, height) >= 720 || Math.max(width, height) >= 1280
  return WEIGHTS[space] ?? WEIGHTS[isHd ? 'bt709' : 'smpte170m']!
}

/** Returns whether the samples are RGB, which has no matrix. */
export function isRgb ({ format, space }: FrameKind): boolean {
  return /^(gbr|rgb|bgr|argb|rgba|abgr|bgra|pal8|0rgb|0bgr)/.test(format) || space === 'gbr'
}

/** Returns whether the range is full: by the tag, by the pixel format, or because it is RGB without a tag. */
export function isFullRange (kind: FrameKind): boolean {
  return kind.range === 'pc' || kind.format.startsWith('yuvj') || (isRgb(kind) && kind.range !== 'tv')
}

/** Returns whether the frame has an alpha channel, which PNG, WebP and AVIF preserve. */
export function hasAlpha ({ format }: FrameKind): boolean {
  return /^(yuva|rgba|argb|bgra|abgr|gbrap|ya)/.test(format)
}

/** Returns whether the transfer function is one of HDR (ITU-R BT.2100: PQ or HLG). */
export function isHdr ({ transfer }: FrameKind): boolean {
  return transfer === 'smpte2084' || transfer === 'arib-std-b67'
}

/** Returns ffmpeg filters that deinterlace a single frame, so spatially. */
export function deinterlaceFilters ({ isInterlaced }: FrameKind): string[] {
  return isInterlaced ? ['estdif=mode=frame:deint=all'] : []
}

/** Returns the size of an unrotated frame in square pixels: the pixel aspect ratio scales the coded width. */
export function displaySize ({ width, height, aspect: [across, down] }: FrameKind): { width: number, height: number } {
  return { width: Math.max(1, Math.round((width * across) / down)), height }
}

/** Scales a size down to a maximum width; never up. */
export function fitWidth (
  { width, height }: { width: number, height: number },
  maxWidth: number
): { width: number, height: number } {
  if (width <= maxWidth) return { width, height }
  return { width: maxWidth, height: Math.max(1, Math.round((height * maxWidth) / width)) }
}

/** Lobes of the Lanczos kernel that scales pictures down, on the coded values, not in linear light. */
export const KERNEL_LOBES = 3
