import type { Picture } from '../media/picture.ts'

/** Largest invisible distance of a pixel's colour from the mean of its group, in 8-bit levels of Cb or Cr. */
const VISIBLE_LEVELS = 20
/** Share of groups with visible detail that counts as detail. Camera pictures, films and cartoons stay below it. */
const DETAIL_SHARE = 0.01
/** Every other row of groups gives the same result in half the time. */
const ROW_STEP = 4

/**
 * Returns whether colours change from pixel to pixel, so that JPEG at 4:2:0 would smear them: thin lines and letters in
 * strong colours, screen recordings, test patterns.
 */
export function hasChromaDetail (picture: Picture): boolean {
  return measureChromaDetail(picture) >= DETAIL_SHARE
}

/**
 * Returns the share, 0 to 1, of groups of 2 x 2 pixels in which a pixel differs visibly from the mean colour of the
 * group, which is what 4:2:0 keeps.
 */
export function measureChromaDetail ({ data, width, height, channels }: Picture): number {
  let [groups, detailed] = [0, 0]
  for (let y = 0; y + 1 < height; y += ROW_STEP) {
    const above = y * width * channels
    for (let x = 0; x + 1 < width; x += 2) {
      groups++
      const first = above + x * channels
      const isDetailed =
        !isUniform(data, first, width * channels, channels) &&
        measureSpread(data, first, width * channels, channels) > VISIBLE_LEVELS
      if (isDetailed) detailed++
    }
  }
  return groups === 0 ? 0 : detailed / groups
}

/**
 * Returns whether four pixels are so similar that neither Cb nor Cr can differ visibly, since both change by no more
 * than the channels do. Most groups are.
 */
function isUniform (data: Uint8Array, first: number, row: number, channels: number): boolean {
  for (let channel = first; channel < first + 3; channel++) {
    const [a, b, c, d] = [
      data[channel]!,
      data[channel + channels]!,
      data[channel + row]!,
      data[channel + row + channels]!
    ]
    if (Math.max(a, b, c, d) - Math.min(a, b, c, d) >= VISIBLE_LEVELS) return false
  }
  return true
}

/** Returns the largest distance of one of four pixels from their mean, in Cb or in Cr (ITU-R BT.601, as in JPEG). */
function measureSpread (data: Uint8Array, first: number, row: number, channels: number): number {
  let [leastBlue, mostBlue, blueSum] = [Infinity, -Infinity, 0]
  let [leastRed, mostRed, redSum] = [Infinity, -Infinity, 0]
  for (let pixel = 0; pixel < 4; pixel++) {
    const at = first + (pixel & 1) * channels + (pixel >> 1) * row
    const red = data[at]!
    const blue = data[at + 2]!
    const luma = 0.299 * red + 0.587 * data[at + 1]! + 0.114 * blue
    const cb = 0.564 * (blue - luma)
    const cr = 0.713 * (red - luma)
    leastBlue = Math.min(leastBlue, cb)
    mostBlue = Math.max(mostBlue, cb)
    blueSum += cb
    leastRed = Math.min(leastRed, cr)
    mostRed = Math.max(mostRed, cr)
    redSum += cr
  }
  return Math.max(mostBlue - blueSum / 4, blueSum / 4 - leastBlue, mostRed - redSum / 4, redSum / 4 - leastRed)
}
