import type { Picture } from '../media/picture.ts'

/** Measures of a small picture; light and colour range from 0 to 255. */
export interface PictureMeasures {
  /** Mean of the grey picture. */
  readonly brightness: number
  /** Range from the 5th to the 95th percentile of the grey picture. */
  readonly contrast: number
  /** Shannon entropy of the grey picture's histogram, 0 to 8 bits. */
  readonly entropy: number
  /** Share of pixels that are almost black or white, 0 to 1. */
  readonly clipped: number
  /**
   * Share of pixels that equal their neighbours, 0 to 1: high for paper, slates and bars, rarely for camera footage.
   */
  readonly flat: number
  /** Standard deviation of the Laplacian, a measure of sharpness. */
  readonly sharpness: number
  /** Ratio of the variance between adjacent pixels to the total: below 1 for camera footage, 20 for white noise. */
  readonly noise: number
  /** Hasler and Suesstrunk's M3: 0 is grey, 33 moderately colourful, 59 quite, 109 extremely. */
  readonly colourfulness: number
}

/** Distance from black or white within which nothing is visible. */
const CLIPPED_LEVELS = 6
/** Summed difference below which neighbours look the same. */
const FLAT_LEVELS = 1
const TAIL = 0.05

/** Measures a picture. Meant for small ones, because it reads every pixel. */
export function measurePicture (picture: Picture): PictureMeasures {
  const { grey, colourfulness } = splitColour(picture)
  const { variance, ...light } = measureLight(grey)
  const { edgeVariance, flat } = measureEdges(grey, picture.width, picture.height)
  return {
    ...light,
    flat,
    sharpness: Math.sqrt(edgeVariance),
    noise: variance < 1 ? 0 : edgeVariance / variance,
    colourfulness
  }
}

/** Returns the grey picture (BT.601 luma) and two colour differences: red against green, and yellow against blue. */
function splitColour ({ data, channels, width, height }: Picture): {
  readonly grey: Uint8Array
  readonly colourfulness: number
} {
  const grey = new Uint8Array(width * height)
  const redGreen = new Moments()
  const yellowBlue = new Moments()
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += channels) {
    const red = data[at]!
    const green = data[at + 1]!
    const blue = data[at + 2]!
    grey[pixel] = (red * 77 + green * 150 + blue * 29) >> 8
    redGreen.add(red - green)
    yellowBlue.add((red + green) / 2 - blue)
  }
  const spread = Math.sqrt(redGreen.variance + yellowBlue.variance)
  return { grey, colourfulness: spread + 0.3 * Math.hypot(redGreen.mean, yellowBlue.mean) }
}

function measureLight (grey: Uint8Array) {
  const histogram = new Uint32Array(256)
  for (const level of grey) histogram[level]!++
  const levels = new Moments()
  let entropy = 0
  let clipped = 0
  for (const [level, count] of histogram.entries()) {
    levels.add(level, count)
    if (count > 0) entropy -= (count / grey.length) * Math.log2(count / grey.length)
    if (level <= CLIPPED_LEVELS || level >= 255 - CLIPPED_LEVELS) clipped += count
  }
  return {
    brightness: levels.mean,
    variance: levels.variance,
    contrast: findLevel(histogram, grey.length * (1 - TAIL)) - findLevel(histogram, grey.length * TAIL),
    entropy,
    clipped: clipped / grey.length
  }
}

/** Returns the level that `rank` pixels do not exceed. */
function findLevel (histogram: Uint32Array, rank: number): number {
  let seen = 0
  return histogram.findIndex((count) => (seen += count) >= rank)
}

function measureEdges (grey: Uint8Array, width: number, height: number) {
  const laplacian = new Moments()
  let flat = 0
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1, end = (y + 1) * width - 1; at < end; at++) {
      const here = grey[at]!
      const right = grey[at + 1]!
      const below = grey[at + width]!
      laplacian.add(grey[at - 1]! + right + grey[at - width]! + below - 4 * here)
      if (Math.abs(right - here) + Math.abs(below - here) <= FLAT_LEVELS) flat++
    }
  }
  return { flat: laplacian.count === 0 ? 1 : flat / laplacian.count, edgeVariance: laplacian.variance }
}

/** Running mean and variance. */
class Moments {
  count = 0
  #sum = 0
  #squares = 0

  add (value: number, times = 1): void {
    this.count += times
    this.#sum += value * times
    this.#squares += value * value * times
  }

  get mean (): number {
    return this.count === 0 ? 0 : this.#sum / this.count
  }

  get variance (): number {
    return this.count === 0 ? 0 : Math.max(0, this.#squares / this.count - this.mean ** 2)
  }
}
