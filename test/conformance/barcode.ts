import { readBarcode } from '../support/videos.ts'
import type { Pixels } from './rgb.ts'

/** Reads the number that a picture shows in its bottom eighth: 16 cells, with the lowest bit on the left. */
export function readPixelBarcode ({ data, width, height, channels }: Pixels): number {
  const grey = Buffer.alloc(width * height)
  for (let at = 0; at < grey.length; at++) grey[at] = data[at * channels + 1]!
  return readBarcode(grey, width, height)
}
