import sharp, { type Sharp } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import { hasChromaDetail } from './chroma-detail.ts'
import { type ResizeOptions, shrinkBox, type Size } from '../media/scaled-size.ts'
import { tagJpeg } from './tag-jpeg.ts'
import type { ExtractedFrame } from '../media/frame.ts'
import type { Warning } from '../../telemetry/work.ts'
import { PICTURE_FORMATS } from '../../options/formats.ts'
import type { Format } from '../../options/frame-options.ts'

/** Options of an encoded picture. */
export interface ImageOptions extends ResizeOptions {
  readonly format: Format
  readonly quality: number
  /** Six hexadecimal digits. */
  readonly background: string
}

/** An encoded picture, whose size was verified. */
export interface Image {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly contentType: string
  /** A ThumbHash in base64. */
  readonly placeholder: string
  readonly warnings: readonly Warning[]
}

/** ThumbHash takes at most 100 x 100 pixels. */
const PLACEHOLDER_SIZE = 100

// The service bounds its work by slots; libvips' own threads and caches would multiply and outlive it.
sharp.concurrency(1)
sharp.cache(false)

/**
 * Crops or pads a frame that the decoder has scaled, and encodes it. The result is sRGB and has an ICC profile of 480
 * bytes (some viewers show a picture without one unmanaged, which is too colourful on a wide-gamut screen), and no
 * other metadata.
 *
 * @throws Error if the encoder returns a picture of another size, which is a bug and never caused by the video
 */
export async function encodeImage (frame: ExtractedFrame, options: ImageOptions): Promise<Image> {
  const { data: pixels, info: raw } = await fit(frame, options).raw().toBuffer({ resolveWithObject: true })
  const hasFullChroma =
    options.format === 'jpeg' &&
    (options.quality >= FULL_CHROMA_MIN_QUALITY ||
      hasChromaDetail({ data: pixels, width: raw.width, height: raw.height, channels: raw.channels === 4 ? 4 : 3 }))
  // Two instances rather than clones of one, because a clone copies the pixels.
  const [encoded, placeholder] = await Promise.all([
    encodePixels(sharp(pixels, { raw }), options, hasFullChroma),
    makePlaceholder(sharp(pixels, { raw }))
  ])
  const seen = await sharp(encoded).metadata()
  if (seen.width !== raw.width || seen.height !== raw.height) {
    throw new Error('the encoder returned a picture of another size')
  }
  return {
    data: encoded,
    width: raw.width,
    height: raw.height,
    contentType: PICTURE_FORMATS[options.format].mediaType,
    placeholder,
    warnings: warnOfSize(raw, options)
  }
}

/** Returns a warning if the video was too small to `cover` or `fill` a box of the requested size. */
function warnOfSize (size: Size, { width, height, fit }: ImageOptions): Warning[] {
  if (width === undefined || height === undefined || (fit !== 'cover' && fit !== 'fill')) return []
  if (size.width === width && size.height === height) return []
  const detail =
    `The video is smaller than ${width}x${height} pixels, and a picture is never enlarged. ` +
    `This one has ${size.width}x${size.height}, in the same shape.`
  return [{ code: 'smaller_than_requested', detail }]
}

/**
 * Crops or pads a picture, which the decoder has scaled already, for `fill` to its final size if the video is smaller
 * than the box. JPEG has no transparency.
 */
function fit ({ picture: { data, width, height, channels } }: ExtractedFrame, options: ImageOptions): Sharp {
  const background = `#${options.background}`
  const box = options.fit === 'fill' ? options : shrinkBox({ width, height }, options)
  const fitted = sharp(data, { raw: { width, height, channels } }).resize({
    ...(box.width === undefined ? {} : { width: box.width }),
    ...(box.height === undefined ? {} : { height: box.height }),
    fit: options.fit,
    background,
    withoutEnlargement: true
  })
  return options.format === 'jpeg' ? fitted.flatten({ background }) : fitted
}

/**
 * From this quality on, JPEG keeps chroma at full resolution (4:4:4). That takes a quarter more bytes, which a caller
 * who requests such a quality accepts.
 */
const FULL_CHROMA_MIN_QUALITY = 90

/** Encodes sRGB pixels, as described at `encodeImage`. */
export async function encodePixels (
  pixels: Sharp,
  { format, quality }: Pick<ImageOptions, 'format' | 'quality'>,
  hasFullChroma: boolean
): Promise<Buffer> {
  switch (format) {
    case 'jpeg':
      return await tagJpeg(
        await pixels.jpeg({ quality, chromaSubsampling: hasFullChroma ? '4:4:4' : '4:2:0' }).toBuffer()
      )
    case 'webp':
      return await pixels.withIccProfile('srgb').webp({ quality }).toBuffer()
    // sharp's default, effort 4, takes seconds for a picture of 1080 lines.
    case 'avif':
      return await pixels.withIccProfile('srgb').avif({ quality, effort: 0 }).toBuffer()
    case 'png':
      return await pixels.withIccProfile('srgb').png().toBuffer()
  }
}

async function makePlaceholder (image: Sharp): Promise<string> {
  const { data, info } = await image
    .resize(PLACEHOLDER_SIZE, PLACEHOLDER_SIZE, { fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
}
