import type { Picture } from '../media/picture.ts'

/** How far the colour of a pixel may lie from the mean of its group before it is seen, in levels of 255 of Cb or Cr. */
const VISIBLE_LEVELS = 20
/** From this share of all groups on they are no strays. Of what cameras saw, films and cartoons, none has as much. */
const FINE_SHARE = 0.01
/** Every other row of groups tells as much in half the time. */
const ROW_STEP = 4

/**
 * Whether a picture has colours that change from pixel to pixel and would be smeared by JPEG at 4:2:0: thin lines and
 * letters in strong colours, screens, test pictures.
 */
export function hasChromaDetail (picture: Picture): boolean {
  return measureChromaDetail(picture) >= FINE_SHARE
}

/**
 * The share, 0 to 1, of groups of 2 x 2 pixels in which one lies visibly off their common colour, as 4:2:0 would keep
 * it.
 */
export function measureChromaDetail ({ data, width, height, channels }: Picture): number {
  let [groups, fine] = [0, 0]
  for (let y = 0; y + 1 < height; y += ROW_STEP) {
    const above = y * width * channels
    for (let x = 0; x + 1 < width; x += 2) {
      groups++
      const first = above + x * channels
      if (
        !isEven(data, first, width * channels, channels) &&
        spreadGroup(data, first, width * channels, channels) > VISIBLE_LEVELS
      ) { fine++ }
    }
  }
  return groups === 0 ? 0 : fine / groups
}

/**
 * Whether four pixels are so much alike that neither Cb nor Cr can spread visibly: both change by no more than their
 * channels do. Most are.
 */
function isEven (data: Uint8Array, first: number, row: number, channels: number): boolean {
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

/** The largest distance of one of four pixels from their mean, in Cb or in Cr (ITU-R BT.601, as in JPEG). */
function spreadGroup (data: Uint8Array, first: number, row: number, channels: number): number {
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
