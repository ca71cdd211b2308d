import type { LibavFrame, LibavStream } from './libav-binding.ts'
import { type DisplayMatrix, parseMatrix, readMatrix } from './stream-info.ts'

/** AV_FRAME_DATA_DISPLAYMATRIX. */
const FRAME_MATRIX = 6

/** The matrices that libswscale knows, as AVColorSpace counts them; unknown and none (RGB) among them. */
const SWSCALE_SPACES: ReadonlySet<number> = new Set([0, 1, 2, 4, 5, 6, 7, 9])

/**
 * The filters that stand a frame upright, as ffmpeg's command line puts them in front of all others: by the matrix of
 * the frame, else by its track's.
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
 * libavfilter refuses to scale what has a matrix that libswscale does not know. Between planes of one matrix it makes
 * no difference, and what is made of them afterwards is said outright.
 */
export function colorSpaceFilter ({ colorSpace }: LibavFrame): string[] {
  return SWSCALE_SPACES.has(colorSpace) ? [] : ['setparams=colorspace=unknown']
}
