import type { FrameKind } from './frame-list.ts'

/** One plane of samples, scaled so that 1 is the largest code of its depth. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly samples: Float32Array
}

/** The memory layout of one of ffmpeg's planar pixel formats. */
interface Layout {
  readonly format: string
  readonly depth: number
  readonly planes: number
  /** Subsampling of the chroma planes, as powers of two. */
  readonly chroma: { readonly across: number, readonly down: number }
}

/** Returns the layout of a pixel format; for a packed one, of the planar format with the same samples. */
export function planarLayout ({ format }: Pick<FrameKind, 'format'>): Layout {
  const none = { across: 0, down: 0 }
  const depth = Number(/p(9|10|12|14|16)le$/.exec(format)?.[1] ?? /^(?:gray|ya)(\d+)le$/.exec(format)?.[1] ?? 8)
  if (/^gray/.test(format)) return { format, depth, planes: 1, chroma: none }
  if (/^gbra?p/.test(format)) return { format, depth, planes: format.startsWith('gbrap') ? 4 : 3, chroma: none }
  const [, alpha, sampling] = /^yuv(j|a)?(\d{3})p/.exec(format) ?? []
  const chroma = sampling === undefined ? undefined : SUBSAMPLING[sampling]
  if (chroma !== undefined) return { format, depth, planes: alpha === 'a' ? 4 : 3, chroma }
  if (format === 'nv12' || format === 'nv21') return planarLayout({ format: 'yuv420p' })
  if (format === 'p010le') return planarLayout({ format: 'yuv420p10le' })
  if (/^(yuyv422|uyvy422)$/.test(format)) return planarLayout({ format: 'yuv422p' })
  return planarLayout({ format: /^(rgba|argb|bgra|abgr|pal8)/.test(format) ? 'gbrap' : 'gbrp' })
}

const SUBSAMPLING: Record<string, Layout['chroma']> = {
  410: { across: 2, down: 2 },
  411: { across: 2, down: 0 },
  420: { across: 1, down: 1 },
  422: { across: 1, down: 0 },
  440: { across: 0, down: 1 },
  444: { across: 0, down: 0 }
}

/** Splits the planes of one frame off raw video; returns the remaining bytes too. */
export function takePlanes (
  bytes: Buffer,
  { width, height }: { width: number, height: number },
  layout: Layout
): { planes: Plane[], rest: Buffer } {
  const wide = layout.depth > 8 ? 2 : 1
  let at = 0
  const planes = Array.from({ length: layout.planes }, (_, index) => {
    const isChroma = index === 1 || index === 2
    const across = isChroma ? -(-width >> layout.chroma.across) : width
    const down = isChroma ? -(-height >> layout.chroma.down) : height
    const samples = readSamples(bytes, at, across * down, wide, 2 ** layout.depth - 1)
    at += across * down * wide
    return { width: across, height: down, samples }
  })
  return { planes, rest: bytes.subarray(at) }
}

function readSamples (bytes: Buffer, at: number, count: number, wide: number, largest: number): Float32Array {
  if (at + count * wide > bytes.length) throw new Error('The decoder gave less than a frame.')
  const samples = new Float32Array(count)
  for (let index = 0; index < count; index++) {
    const place = at + index * wide
    samples[index] = (wide === 1 ? bytes[place]! : bytes[place]! + 256 * bytes[place + 1]!) / largest
  }
  return samples
}
