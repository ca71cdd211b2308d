import sharp from 'sharp'
import type { Picture } from '../media/picture.ts'
import { fitPicture } from './sprite-sheet.ts'

/** An animated WebP. */
export interface Animation {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  /** That it could be made with. */
  readonly quality: number
}

/** How it is to be. */
export interface AnimationOptions {
  readonly framesPerSecond: number
  /** Of the first attempt, 1 to 100. */
  readonly quality: number
  readonly maxBytes: number
}

const CHANNELS = 3
/** Below this nobody would want to see it. */
const LEAST_QUALITY = 10
const QUALITY_STEP = 0.65

/**
 * Encodes frames as a WebP that is played without end, all of the size of the first; with less quality where it would
 * be larger than it may.
 *
 * @param frames at least one
 * @returns undefined where it is too large with any quality
 */
export async function encodeAnimation (
  frames: readonly Picture[],
  { framesPerSecond, quality, maxBytes }: AnimationOptions
): Promise<Animation | undefined> {
  const [{ width, height }] = frames as [Picture]
  const pages = await Promise.all(frames.map((frame) => fitPicture(frame, { width, height })))
  const pixels = Buffer.concat(pages)
  for (let attempt = quality; ; attempt = Math.max(LEAST_QUALITY, Math.floor(attempt * QUALITY_STEP))) {
    const data = await sharp(pixels, {
      raw: { width, height: height * frames.length, channels: CHANNELS, pageHeight: height }
    })
      .webp({ quality: attempt, effort: 3, loop: 0, delay: frames.map(() => Math.round(1000 / framesPerSecond)) })
      .toBuffer()
    if (data.length <= maxBytes) return { data, width, height, quality: attempt }
    if (attempt <= LEAST_QUALITY) return undefined
  }
}
