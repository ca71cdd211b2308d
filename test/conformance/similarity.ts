import type { Pixels } from './rgb.ts'

/** The similarity of two pictures of one size. */
export interface Similarity {
  /** Mean structural similarity of luma (Wang et al., 2004), in windows of 8 x 8 at every fourth pixel. */
  readonly ssim: number
  /** Largest difference of the mean of a channel, in levels of 255. */
  readonly colourDifference: number
}

const WINDOW = 8
const STEP = 4
const C1 = (0.01 * 255) ** 2
const C2 = (0.03 * 255) ** 2

/** Compares two pictures; pictures with alpha are first composed over black. */
export function compare (one: Pixels, other: Pixels): Similarity {
  if (one.width !== other.width || one.height !== other.height) return { ssim: 0, colourDifference: 255 }
  const [a, b] = [overBlack(one), overBlack(other)]
  const colourDifference = Math.max(...[0, 1, 2].map((channel) => Math.abs(meanOf(a, channel) - meanOf(b, channel))))
  return { ssim: measureSsim(toLuma(a), toLuma(b), one.width, one.height), colourDifference }
}

function measureSsim (a: Float32Array, b: Float32Array, width: number, height: number): number {
  let sum = 0
  let count = 0
  for (let top = 0; top <= Math.max(0, height - WINDOW); top += STEP) {
    for (let left = 0; left <= Math.max(0, width - WINDOW); left += STEP) {
      sum += compareWindow(
        a,
        b,
        { left, top, right: Math.min(width, left + WINDOW), bottom: Math.min(height, top + WINDOW) },
        width
      )
      count++
    }
  }
  return sum / count
}

function compareWindow (
  a: Float32Array,
  b: Float32Array,
  { left, top, right, bottom }: { left: number, top: number, right: number, bottom: number },
  width: number
): number {
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [one, other] = [a[y * width + x]!, b[y * width + x]!]
      sumA += one
      sumB += other
      squareA += one * one
      squareB += other * other
      product += one * other
    }
  }
  const n = (right - left) * (bottom - top)
  const [meanA, meanB] = [sumA / n, sumB / n]
  const [varianceA, varianceB, covariance] = [
    squareA / n - meanA * meanA,
    squareB / n - meanB * meanB,
    product / n - meanA * meanB
  ]
  return (
    ((2 * meanA * meanB + C1) * (2 * covariance + C2)) /
    ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2))
  )
}

function overBlack ({ data, channels, ...size }: Pixels): Pixels {
  if (channels === 3) return { data, channels, ...size }
  const composed = new Uint8Array(size.width * size.height * 3)
  for (let at = 0; at < size.width * size.height; at++) {
    for (let channel = 0; channel < 3; channel++) {
      composed[at * 3 + channel] = Math.round((data[at * 4 + channel]! * data[at * 4 + 3]!) / 255)
    }
  }
  return { ...size, channels: 3, data: composed }
}

function toLuma ({ data }: Pixels): Float32Array {
  const luma = new Float32Array(data.length / 3)
  for (let at = 0; at < luma.length; at++) {
    luma[at] = 0.299 * data[at * 3]! + 0.587 * data[at * 3 + 1]! + 0.114 * data[at * 3 + 2]!
  }
  return luma
}

function meanOf ({ data }: Pixels, channel: number): number {
  let sum = 0
  for (let at = channel; at < data.length; at += 3) sum += data[at]!
  return sum / (data.length / 3)
}
