import type { FrameKind } from './frame-list.ts'
import { planarLayout, type Plane } from './planes.ts'
import { resample } from './resample.ts'
import { chooseMatrix, hasAlpha, isFullRange, isRgb } from './truth-filters.ts'
import { sdrConversion, type Triple } from './truth-light.ts'

/** Interleaved 8-bit pixels. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly data: Uint8Array
}

/**
 * Makes the picture of a decoded, unrotated frame at a size. Each plane is resampled from its own resolution, then the
 * equations of ITU-R BT.601, BT.709 or BT.2020 are applied in floating point and rounded once.
 */
export function makePixels (planes: readonly Plane[], kind: FrameKind, width: number, height: number): Pixels {
  // By default MPEG-2, H.264 and HEVC site chroma at the left of two luma samples; JPEG sites it between them.
  const isSitedLeft = planarLayout(kind).chroma.across > 0 && kind.format !== 'yuvj420p'
  const [first, second, third, fourth] = planes.map(
    (plane, index) => resample(plane, width, height, isSitedLeft && (index === 1 || index === 2) ? 0.25 : 0).samples
  )
  const channels = hasAlpha(kind) && fourth !== undefined ? 4 : 3
  const data = new Uint8Array(width * height * channels)
  const convert = rgbConversion(kind)
  const show = sdrConversion(kind) ?? ((codes) => codes)
  for (let at = 0, to = 0; at < width * height; at++, to += channels) {
    const [red, green, blue] = show(convert(first![at]!, second?.[at], third?.[at]))
    data[to] = toByte(red)
    data[to + 1] = toByte(green)
    data[to + 2] = toByte(blue)
    if (channels === 4) data[to + 3] = toByte(fourth![at]!)
  }
  return { width, height, channels, data }
}

type Convert = (first: number, second: number | undefined, third: number | undefined) => Triple

function rgbConversion (kind: FrameKind): Convert {
  const { depth } = planarLayout(kind)
  const largest = 2 ** depth - 1
  const step = 2 ** (depth - 8)
  const isFull = isFullRange(kind)
  // ITU-R BT.709, section 4: black at 16, white at 235, chroma of 224 steps around 128, all times 2^(depth - 8).
  const luma = (value: number) => (isFull ? value : ((value * largest) / step - 16) / 219)
  const chroma = (value: number) => ((value * largest) / step - 128) / (isFull ? largest / step : 224)
  if (isRgb(kind)) return (green, blue = green, red = green) => [luma(red), luma(green), luma(blue)]
  const { red: kr, blue: kb } = chooseMatrix(kind)
  const kg = 1 - kr - kb
  return (y, u, v) => {
    const bright = luma(y)
    if (u === undefined || v === undefined) return [bright, bright, bright]
    const red = bright + 2 * (1 - kr) * chroma(v)
    const blue = bright + 2 * (1 - kb) * chroma(u)
    return [red, (bright - kr * red - kb * blue) / kg, blue]
  }
}

const toByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value * 255)))

/** Rotates and mirrors pixels by a display matrix of quarter turns. */
export function applyMatrix (pixels: Pixels, [a, b, c, d]: readonly [number, number, number, number]): Pixels {
  const isOnItsSide = Math.abs(b) > Math.abs(a)
  const { width, height, channels, data } = pixels
  const [across, down] = isOnItsSide ? [height, width] : [width, height]
  const turned = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = isOnItsSide
        ? [c > 0 ? y : across - 1 - y, b > 0 ? x : down - 1 - x]
        : [a >= 0 ? x : across - 1 - x, d >= 0 ? y : down - 1 - y]
      const [target, source] = [(to[1]! * across + to[0]!) * channels, (y * width + x) * channels]
      for (let channel = 0; channel < channels; channel++) turned[target + channel] = data[source + channel]!
    }
  }
  return { width: across, height: down, channels, data: turned }
}
