import type { Picture } from '../media/picture.ts'

/** What can be counted in a small picture; of light and colour, 0 is none and 255 full. */
export interface PictureMeasures {
  /** Mean of the grey picture. */
  readonly brightness: number
  /** From the darkest twentieth of the grey picture to the brightest. */
  readonly contrast: number
  /** Shannon entropy of the grey picture's histogram, 0 to 8 bits. */
  readonly entropy: number
  /** Share of pixels that are as good as black or white, 0 to 1. */
  readonly clipped: number
  /** Share of pixels that are as their neighbours, 0 to 1: paper, slates and bars, seldom what a camera sees. */
  readonly flat: number
  /** Standard deviation of the Laplacian: how abrupt the edges are. */
  readonly sharpness: number
  /** How much of the variance is between one pixel and the next: under 1 in what a camera sees, 20 in white noise. */
  readonly noise: number
  /** Hasler and Suesstrunk's M3: 0 is grey, 33 moderately colourful, 59 quite, 109 extremely. */
  readonly colourfulness: number
}

/** Within so many levels of black or white nothing is to be seen. */
const CLIPPED_LEVELS = 6
/** Neighbours that differ by no more than this, taken together, are the same to the eye. */
const FLAT_LEVELS = 1
const TAIL = 0.05

/** Measures a picture; meant for small ones, as it looks at every pixel. */
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

/** The grey picture (BT.601 luma), and what is left of the colour: red against green, and yellow against blue. */
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

/** The level that `rank` pixels do not exceed. */
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

/** Mean and variance of what was added. */
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
