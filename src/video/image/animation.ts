import sharp, { type Sharp } from 'sharp'
import { PICTURE_FORMATS } from '../../options/formats.ts'
import type { PreviewFormat } from '../../options/preview-options.ts'
import type { Picture } from '../media/picture.ts'
import { fitPicture } from './sprite-sheet.ts'

/** An animation, encoded. */
export interface Animation {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly contentType: (typeof PICTURE_FORMATS)[PreviewFormat]['mediaType']
  /** The quality that it was encoded with. */
  readonly quality: number
}

/** Options of an animation. */
export interface AnimationOptions {
  readonly format: PreviewFormat
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
 * Encodes frames as an animation that loops endlessly, all in the size of the first frame. Lowers the quality until the
 * result has at most `maxBytes`.
 *
 * @param frames at least one
 * @returns undefined if it is too large at every quality
 */
export async function encodeAnimation (
  frames: readonly Picture[],
  { format, framesPerSecond, quality, maxBytes }: AnimationOptions
): Promise<Animation | undefined> {
  const [{ width, height }] = frames as [Picture]
  const pages = await Promise.all(frames.map((frame) => fitPicture(frame, { width, height })))
  const pixels = Buffer.concat(pages)
  for (let attempt = quality; ; attempt = Math.max(MIN_QUALITY, Math.floor(attempt * QUALITY_STEP))) {
    const strip = sharp(pixels, {
      raw: { width, height: height * frames.length, channels: CHANNELS, pageHeight: height }
    })
    const delay = frames.map(() => Math.round(1000 / framesPerSecond))
    const data = await encodeStrip(strip, { format, quality: attempt, delay }).toBuffer()
    if (data.length <= maxBytes) {
      return { data, width, height, contentType: PICTURE_FORMATS[format].mediaType, quality: attempt }
    }
    if (attempt <= MIN_QUALITY) return undefined
  }
}

/** Encodes frames below each other, each shown for its `delay` in milliseconds. */
function encodeStrip (
  strip: Sharp,
  { format, quality, delay }: { readonly format: PreviewFormat, readonly quality: number, readonly delay: number[] }
): Sharp {
  switch (format) {
    case 'webp':
      return strip.webp({ quality, effort: 3, loop: 0, delay })
  }
}
