// The rules of the truth, each a function of its own: how a decoded frame becomes the picture that a viewer sees.
// They are written after the standards, not after src/.
import type { FrameKind } from './frame-list.ts'
import { isBt2020 } from './truth-light.ts'

/** Kr and Kb of a Y'CbCr matrix. */
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
 * The matrix of a frame; what nobody tagged is BT.2020 where the primaries are or it is HDR without any, else BT.709
 * from 720 lines or 1280 columns on, as coded or on its side, else BT.601.
 */
export function chooseMatrix (kind: FrameKind): MatrixWeights {
  const { space, width, height } = kind
  if (WEIGHTS[space] === undefined && isBt2020(kind)) return WEIGHTS['bt2020nc']!
  const isHd = Math.min(width, height) >= 720 || Math.max(width, height) >= 1280
  return WEIGHTS[space] ?? WEIGHTS[isHd ? 'bt709' : 'smpte170m']!
}

/** Whether the samples are RGB, for which there is no matrix. */
export function isRgb ({ format, space }: FrameKind): boolean {
  return /^(gbr|rgb|bgr|argb|rgba|abgr|bgra|pal8|0rgb|0bgr)/.test(format) || space === 'gbr'
}

/** Full range where it is said, in the tag or by the pixel format, and for RGB; limited otherwise. */
export function isFullRange (kind: FrameKind): boolean {
  return kind.range === 'pc' || kind.format.startsWith('yuvj') || (isRgb(kind) && kind.range !== 'tv')
}

/** Whether the frame has an alpha channel, which PNG, WebP and AVIF keep. */
export function hasAlpha ({ format }: FrameKind): boolean {
  return /^(yuva|rgba|argb|bgra|abgr|gbrap|ya)/.test(format)
}

/** Whether the transfer function is one of HDR (ITU-R BT.2100: PQ or HLG). */
export function isHdr ({ transfer }: FrameKind): boolean {
  return transfer === 'smpte2084' || transfer === 'arib-std-b67'
}

/**
 * ffmpeg filters that make one whole picture of the two fields of one interlaced frame: spatial, since there is one
 * frame.
 */
export function planDeinterlace ({ isInterlaced }: FrameKind): string[] {
  return isInterlaced ? ['estdif=mode=frame:deint=all'] : []
}

/** Size in square pixels of a frame that is not turned yet: pixel aspect widens or narrows the coded width. */
export function displaySize ({ width, height, aspect: [across, down] }: FrameKind): { width: number, height: number } {
  return { width: Math.max(1, Math.round((width * across) / down)), height }
}

/** The size of a picture of at most so many columns; none is enlarged. */
export function fitWidth (
  { width, height }: { width: number, height: number },
  maxWidth: number
): { width: number, height: number } {
  if (width <= maxWidth) return { width, height }
  return { width: maxWidth, height: Math.max(1, Math.round((height * maxWidth) / width)) }
}

/**
 * The kernel that pictures are made smaller with: Lanczos with three lobes, on the coded values, not in linear light.
 */
export const KERNEL_LOBES = 3
