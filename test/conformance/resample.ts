import type { Plane } from './planes.ts'
import { KERNEL_LOBES } from './truth-filters.ts'

interface Taps {
  readonly first: Int32Array
  readonly count: number
  readonly weights: Float32Array
}

/**
 * Resamples a plane with a Lanczos kernel, widened by the factor of the reduction.
 *
 * @param shift distance of the plane's first sample to the right of the picture's, in samples of the plane; a quarter
 * for chroma sited at the left of two luma samples
 */
export function resample (plane: Plane, width: number, height: number, shift = 0): Plane {
  const across = resampleRows(plane, computeTaps(plane.width, width, shift), width)
  return resampleColumns(across, computeTaps(plane.height, height, 0), height)
}

function resampleRows ({ width, height, samples }: Plane, { first, count, weights }: Taps, target: number): Plane {
  const result = new Float32Array(target * height)
  for (let y = 0; y < height; y++) {
    const row = y * width
    for (let x = 0; x < target; x++) {
      let sum = 0
      for (let tap = 0; tap < count; tap++) {
        sum += weights[x * count + tap]! * samples[row + clamp(first[x]! + tap, width)]!
      }
      result[y * target + x] = sum
    }
  }
  return { width: target, height, samples: result }
}

function resampleColumns ({ width, height, samples }: Plane, { first, count, weights }: Taps, target: number): Plane {
  const result = new Float32Array(width * target)
  for (let y = 0; y < target; y++) {
    for (let tap = 0; tap < count; tap++) {
      const weight = weights[y * count + tap]!
      const row = clamp(first[y]! + tap, height) * width
      for (let x = 0; x < width; x++) result[y * width + x]! += weight * samples[row + x]!
    }
  }
  return { width, height: target, samples: result }
}

const clamp = (at: number, size: number): number => (at < 0 ? 0 : at >= size ? size - 1 : at)

function computeTaps (size: number, target: number, shift: number): Taps {
  const scale = size / target
  const stretch = Math.max(1, scale)
  const count = Math.ceil(KERNEL_LOBES * stretch) * 2 + 1
  const first = new Int32Array(target)
  const weights = new Float32Array(target * count)
  for (let place = 0; place < target; place++) {
    const centre = (place + 0.5) * scale - 0.5 + shift
    const start = Math.ceil(centre - KERNEL_LOBES * stretch)
    first[place] = start
    let sum = 0
    for (let tap = 0; tap < count; tap++) {
      sum += weights[place * count + tap] = lanczos((start + tap - centre) / stretch)
    }
    for (let tap = 0; tap < count; tap++) weights[place * count + tap]! /= sum
  }
  return { first, count, weights }
}

function lanczos (x: number): number {
  if (Math.abs(x) < 1e-9) return 1
  if (Math.abs(x) >= KERNEL_LOBES) return 0
  const angle = Math.PI * x
  return (KERNEL_LOBES * Math.sin(angle) * Math.sin(angle / KERNEL_LOBES)) / (angle * angle)
}
