import sharp from 'sharp'
import type { Picture } from '../media/picture.ts'
import { fitPicture } from './sprite-sheet.ts'

/** An animated WebP. */
export interface Animation {
  readonly bytes: Buffer
  readonly width: number
  readonly height: number
  /** The quality that it was encoded with. */
  readonly quality: number
}

/** Options of an animation. */
export interface AnimationOptions {
  readonly framesPerSecond: number
  /** Quality of the first attempt, 1 to 100. */
  readonly quality: number
  readonly maxBytes: number
}

const CHANNELS = 3
/** A lower quality is not worth looking at. */
const MIN_QUALITY = 10
const QUALITY_STEP = 0.65

/**
 * Encodes frames as a WebP that loops endlessly, all in the size of the first frame. Lowers the quality until the
 * result has at most `maxBytes`.
 *
 * @param frames at least one
 * @returns undefined if it is too large at every quality
 */
export async function encodeAnimation (
  frames: readonly Picture[],
  { framesPerSecond, quality, maxBytes }: AnimationOptions
): Promise<Animation | undefined> {
  const [{ width, height }] = frames as [Picture]
  const pages = await Promise.all(frames.map((frame) => fitPicture(frame, { width, height })))
  const pixels = Buffer.concat(pages)
  for (let attempt = quality; ; attempt = Math.max(MIN_QUALITY, Math.floor(attempt * QUALITY_STEP))) {
    const bytes = await sharp(pixels, {
      raw: { width, height: height * frames.length, channels: CHANNELS, pageHeight: height }
    })
      .webp({ quality: attempt, effort: 3, loop: 0, delay: frames.map(() => Math.round(1000 / framesPerSecond)) })
      .toBuffer()
    if (bytes.length <= maxBytes) return { bytes, width, height, quality: attempt }
    if (attempt <= MIN_QUALITY) return undefined
  }
}
