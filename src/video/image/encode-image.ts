import sharp, { type Sharp } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import { hasChromaDetail } from './chroma-detail.ts'
import type { ResizeOptions } from '../media/scaled-size.ts'
import { tagJpeg } from './tag-jpeg.ts'
import type { ExtractedFrame } from '../media/frame.ts'
import { PICTURE_FORMATS } from '../../options/formats.ts'
import type { Format } from '../../options/frame-options.ts'

/** How the picture is to be. */
export interface ImageOptions extends ResizeOptions {
  readonly format: Format
  readonly quality: number
  /** Six hexadecimal digits. */
  readonly background: string
}

/** An encoded picture, checked. */
export interface Image {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly contentType: string
  /** ThumbHash in base64. */
  readonly placeholder: string
}

/** ThumbHash takes at most 100 x 100 pixels. */
const PLACEHOLDER_SIZE = 100

// The service bounds its work by slots; libvips' own threads and caches would multiply and outlive it.
sharp.concurrency(1)
sharp.cache(false)

/**
 * Crops or pads what the decoder scaled, and encodes. The result is sRGB, says so in a profile of 480 bytes (what
 * says nothing is shown unmanaged by some viewers, too colourful on a screen of a wide gamut), and carries no other
 * metadata.
 *
 * @throws Error where the encoder's result is not what was asked for: a bug, never the sender's fault
 */
export async function encodeImage (frame: ExtractedFrame, options: ImageOptions): Promise<Image> {
  const { data: pixels, info: raw } = await fit(frame, options).raw().toBuffer({ resolveWithObject: true })
  const isFineJpeg =
    options.format === 'jpeg' &&
    (options.quality >= FINE_COLOUR_MIN_QUALITY ||
      hasChromaDetail({ data: pixels, width: raw.width, height: raw.height, channels: raw.channels === 4 ? 4 : 3 }))
  // Not clones of one: a clone copies the pixels.
  const [encoded, placeholder] = await Promise.all([
    encodePixels(sharp(pixels, { raw }), options, isFineJpeg),
    makePlaceholder(sharp(pixels, { raw }))
  ])
  const seen = await sharp(encoded).metadata()
  if (seen.width !== raw.width || seen.height !== raw.height) throw new Error('the encoded picture is not whole')
  return {
    data: encoded,
    width: raw.width,
    height: raw.height,
    contentType: PICTURE_FORMATS[options.format].mediaType,
    placeholder
  }
}

/** The picture has its size already, so that there is only to crop or to pad. JPEG has no transparency. */
function fit ({ picture: { data, width, height, channels } }: ExtractedFrame, options: ImageOptions): Sharp {
  const background = `#${options.background}`
  const fitted = sharp(data, { raw: { width, height, channels } }).resize({
    ...(options.width === undefined ? {} : { width: options.width }),
    ...(options.height === undefined ? {} : { height: options.height }),
    fit: options.fit,
    background,
    withoutEnlargement: true
  })
  return options.format === 'jpeg' ? fitted.flatten({ background }) : fitted
}

/**
 * From this quality on colour is kept as fine as light in JPEG: it takes a quarter more bytes, which such a quality
 * has.
 */
const FINE_COLOUR_MIN_QUALITY = 90

/** Encodes sRGB pixels; see `encodeImage`. */
export async function encodePixels (
  pixels: Sharp,
  { format, quality }: Pick<ImageOptions, 'format' | 'quality'>,
  isFineJpeg: boolean
): Promise<Buffer> {
  switch (format) {
    case 'jpeg':
      return await tagJpeg(await pixels.jpeg({ quality, chromaSubsampling: isFineJpeg ? '4:4:4' : '4:2:0' }).toBuffer())
    case 'webp':
      return await pixels.withIccProfile('srgb').webp({ quality }).toBuffer()
    // Effort 4, sharp's default, takes seconds for a picture of 1080 lines.
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
