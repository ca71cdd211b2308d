import { parameterError } from '../input/check-input.ts'
import type { PosterframeError } from '../errors.ts'
import type { PictureOptions } from './thumbnail-options.ts'

/** Pixels of all pictures of one request together: 50 pictures of 1,920 pixels, or ten widths at five timestamps. */
export const MAX_OUTPUT_PIXELS = 192_000_000
/** Width of a picture without a size, at most. */
const DEFAULT_SIDE = 1920

/**
 * Returns the pixels of a picture before its video is known: those of its box, of which a side that was not requested
 * is as long as the other.
 */
export function countBoxPixels ({ width, height }: Pick<PictureOptions, 'width' | 'height'>): number {
  return (width ?? height ?? DEFAULT_SIDE) * (height ?? width ?? DEFAULT_SIDE)
}

/** Returns whether the pictures of one request have too many pixels together. */
export function hasTooManyPixels (pictures: ReadonlyArray<Pick<PictureOptions, 'width' | 'height'>>): boolean {
  return sumPixels(pictures) > MAX_OUTPUT_PIXELS
}

/**
 * Throws `invalid_request` if the pictures of one request have too many pixels together.
 *
 * @param parameter the field or flag that lists them
 */
export function assertOutputPixels (
  pictures: ReadonlyArray<Pick<PictureOptions, 'width' | 'height'>>,
  parameter: string
): void {
  if (hasTooManyPixels(pictures)) throw outputPixelsError(sumPixels(pictures), parameter)
}

/** Returns `invalid_request` for pictures with too many pixels together. */
export function outputPixelsError (pixels: number, parameter: string): PosterframeError {
  const [asked, allowed] = [pixels, MAX_OUTPUT_PIXELS].map((count) => count.toLocaleString('en'))
  return parameterError(
    parameter,
    `has pictures of ${asked} pixels together, and a request may have ${allowed}, counting a side that is not given ` +
      'like the other one. Request smaller pictures, or spread them over several requests.'
  )
}

function sumPixels (pictures: ReadonlyArray<Pick<PictureOptions, 'width' | 'height'>>): number {
  return pictures.reduce((sum, picture) => sum + countBoxPixels(picture), 0)
}
