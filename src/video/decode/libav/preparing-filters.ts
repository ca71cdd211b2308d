import type { LibavFrame, LibavStream } from './libav-binding.ts'
import { type DisplayMatrix, parseMatrix, readMatrix } from './stream-info.ts'

/** AV_FRAME_DATA_DISPLAYMATRIX. */
const FRAME_MATRIX = 6

/** AVColorSpace values that libswscale supports, including unknown and RGB. */
const SWSCALE_SPACES: ReadonlySet<number> = new Set([0, 1, 2, 4, 5, 6, 7, 9])

/**
 * Returns the filters that rotate a frame upright, which ffmpeg's command line inserts before all others: by the
 * matrix of the frame, else by that of its track.
 */
export function rotationFilters (frame: LibavFrame, stream: LibavStream): string[] {
  const matrix = parseMatrix(frame.getSideData(FRAME_MATRIX)) ?? readMatrix(stream)
  return matrix === undefined ? [] : turnBy(matrix)
}

function turnBy ({ anticlockwise, a, c, d }: DisplayMatrix): string[] {
  const turned = -Math.round(anticlockwise)
  const clockwise = turned - 360 * Math.floor(turned / 360 + 0.9 / 360)
  if (Math.abs(clockwise - 90) < 1) return [`transpose=${c > 0 ? 'cclock_flip' : 'clock'}`]
  if (Math.abs(clockwise - 180) < 1) return [...(a < 0 ? ['hflip'] : []), ...(d < 0 ? ['vflip'] : [])]
  if (Math.abs(clockwise - 270) < 1) return [`transpose=${c < 0 ? 'clock_flip' : 'cclock'}`]
  if (Math.abs(clockwise) > 1) return [`rotate=${clockwise}*PI/180`]
  return d < 0 ? ['vflip'] : []
}

/**
 * Returns a filter that replaces a matrix that libswscale does not support, because libavfilter would refuse to scale
 * the frame. It makes no difference between planes of the same matrix, and later conversions name the matrix
 * explicitly.
 */
export function colorSpaceFilter ({ colorSpace }: LibavFrame): string[] {
  return SWSCALE_SPACES.has(colorSpace) ? [] : ['setparams=colorspace=unknown']
}
