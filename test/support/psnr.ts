import type { Picture } from '../../src/video/media/picture.ts'

/**
 * Returns the peak signal-to-noise ratio of two pictures in dB: infinite if they are equal, minus infinity if their
 * sizes differ.
 */
export function measurePsnr (one: Picture, other: Picture): number {
  if (one.width !== other.width || one.height !== other.height || one.channels !== other.channels) return -Infinity
  if (one.data.equals(other.data)) return Infinity
  let sum = 0
  for (let place = 0; place < one.data.length; place++) sum += (one.data[place]! - other.data[place]!) ** 2
  return 10 * Math.log10(255 ** 2 / (sum / one.data.length))
}
