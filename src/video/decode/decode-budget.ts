import { PosterframeError } from '../../errors.ts'
import type { PictureMemory } from '../bitstream/picture-memory.ts'
import type { FrameInfo } from './frame-info.ts'

/**
 * Bytes of pictures that a decoder may hold for each pixel of `POSTERFRAME_MAX_PIXELS`: ten pictures of that size in
 * 8 bits and 4:2:0. By default they are 549 MiB, and the decoder itself takes about 50 more.
 */
const BYTES_PER_ALLOWED_PIXEL = 16
const MEBIBYTE = 2 ** 20

/** What a decode takes, and what it may. */
export interface DecodeDemand {
  readonly memory: PictureMemory
  /** Packets to decode, at most one picture each; undefined if unknown. */
  readonly packetCount?: number
  /** Threads that the decode may use. Each decodes a picture of its own. */
  readonly threads: number
  readonly maxPixels: number
}

/**
 * Returns the number of threads, at least 1, with which the pictures of a decode fit into the memory of a decoder.
 *
 * @param options.advice what else avoids the error, as the end of a sentence that begins with "Use"
 * @throws PosterframeError `video_limits_exceeded` if they do not fit with one thread
 */
export function fitThreads (
  { memory, packetCount = Infinity, threads, maxPixels }: DecodeDemand,
  { advice = '', ...failure }: { readonly advice?: string, readonly rememberSeconds?: number } = {}
): number {
  const pictureBytes = memory.pixels * memory.bytesPerPixel
  const maxBytes = maxPixels * BYTES_PER_ALLOWED_PIXEL
  const count = Math.max(1, Math.min(threads, packetCount))
  for (let some = count; some >= 1; some--) {
    if (pictureBytes * Math.min(packetCount, memory.heldPictures + some - 1) <= maxBytes) return some
  }
  const neededBytes = pictureBytes * Math.min(packetCount, memory.heldPictures)
  const [needed, allowed] = [Math.ceil(neededBytes / MEBIBYTE), Math.floor(maxBytes / MEBIBYTE)]
  throw new PosterframeError('video_limits_exceeded', {
    detail:
      `Decoding the frame takes ${needed.toLocaleString('en')} MiB for pictures of ` +
      `${memory.pixels.toLocaleString('en')} pixels with ${memory.bytesPerPixel} bytes each, and the limit is ` +
      `${allowed.toLocaleString('en')} MiB. Use a version of the video with a lower resolution, 8 bits or 4:2:0` +
      `${advice}; the operator sets the limit with POSTERFRAME_MAX_PIXELS.`,
    ...failure
  })
}

/** Codecs without references; the decoder of PNG keeps the picture before. */
const INTRA_CODECS: ReadonlySet<string> = new Set(
  'png mjpeg jpeg2000 prores dnxhd cfhd rawvideo v210 v410 r210 ffvhuff huffyuv utvideo exr tiff dpx hap'.split(' ')
)
const INTRA_PICTURES = 2
const INTER_PICTURES = 5

/** Returns the memory of a video whose headers were not read: by its codec, and by its first frame. */
export function estimatePictureMemory (
  codec: string,
  { width, height, pixelFormat }: Pick<FrameInfo, 'width' | 'height' | 'pixelFormat'>
): PictureMemory {
  return {
    pixels: width * height,
    bytesPerPixel: bytesPerPixel(pixelFormat),
    heldPictures: INTRA_CODECS.has(codec) ? INTRA_PICTURES : INTER_PICTURES
  }
}

/** Samples of a pixel by the beginning of the ffmpeg name of its format. */
const SAMPLES: ReadonlyArray<readonly [RegExp, number]> = [
  [/^(?:pal8|gray)/, 1],
  [/^(?:yuvj?4(?:20|11|10)p|nv12|nv21|p0)/, 1.5],
  [/^(?:yuvj?4(?:22|40)p|nv16|nv20|p2|ya|[uy]y)/, 2],
  [/^yuva420p/, 2.5],
  [/^(?:yuva422p|yuvj?444p|nv24|nv42|p4|gbrp|rgb24|bgr24|rgb48|bgr48|xyz)/, 3],
  [/^(?:yuva444p|gbrap|rgba|bgra|argb|abgr|rgb0|bgr0|0rgb|0bgr)/, 4]
]
const WIDE_SAMPLES = /(?:p|gray|ya)(?:9|1\d)|^nv20|^p\d1|48|64|xyz|f16/
/** Four samples of 16 bits. */
const UNKNOWN_BYTES = 8

/** Returns the bytes of a pixel in memory, by the ffmpeg name of its format; many for an unknown one. */
export function bytesPerPixel (pixelFormat: string): number {
  const [, samples] = SAMPLES.find(([pattern]) => pattern.test(pixelFormat)) ?? []
  if (samples === undefined) return UNKNOWN_BYTES
  return samples * (pixelFormat.includes('f32') ? 4 : WIDE_SAMPLES.test(pixelFormat) ? 2 : 1)
}
