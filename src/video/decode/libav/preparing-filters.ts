import { turnFilters } from '../turn-filters.ts'
import type { LibavFrame, LibavStream } from './libav-binding.ts'
import { readMatrix } from './stream-info.ts'

/** AVColorSpace values that libswscale supports, including unknown and RGB. */
const SWSCALE_SPACES: ReadonlySet<number> = new Set([0, 1, 2, 4, 5, 6, 7, 9])

/**
 * Returns the filters that rotate frames upright, before all others: by the given display matrix, else by that of their
 * track. That of a frame, from an SEI message, does not count.
 */
export function rotationFilters (stream: LibavStream, matrix: readonly number[] | undefined): string[] {
  return turnFilters(matrix ?? readMatrix(stream) ?? [])
}

/**
 * Returns a filter that replaces a matrix that libswscale does not support, because libavfilter would refuse to scale
 * the frame. It makes no difference between planes of the same matrix, and later conversions name the matrix
 * explicitly.
 */
export function colorSpaceFilter ({ colorSpace }: LibavFrame): string[] {
  return SWSCALE_SPACES.has(colorSpace) ? [] : ['setparams=colorspace=unknown']
}
