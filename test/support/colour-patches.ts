// Videos of eight known colours, whose planes are computed here from the standards' own formulae, so that whatever
// decodes them can be held against the colours themselves.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ffmpeg } from './videos.ts'

/** Red, green and blue, 0 to 1. */
export type Colour = readonly [number, number, number]

export const PATCHES: readonly Colour[] = [
  [0.8, 0.1, 0.2],
  [0.2, 0.7, 0.1],
  [0.1, 0.2, 0.8],
  [0.9, 0.8, 0.1],
  [0.1, 0.7, 0.8],
  [0.6, 0.6, 0.6],
  [0, 0, 0],
  [1, 1, 1]
]

export interface PatchVideo {
  /** Weights of red and blue in luma (ISO/IEC 23091-2, table 4), `ycgco`, or `rgb`: planes of green, blue and red. */
  readonly matrix: readonly [kr: number, kb: number] | 'ycgco' | 'rgb'
  readonly isFullRange?: boolean
  readonly bits?: 8 | 10 | 12
  /** By how much chroma is narrower and lower than luma; `none`: there is no chroma. */
  readonly chroma?: readonly [across: number, down: number] | 'none'
  readonly width?: number
  readonly height?: number
  readonly pixelFormat: string
  /** Output arguments. */
  readonly args: readonly string[]
}

/** Makes a video of two equal frames with the patches side by side. */
export async function makePatchVideo (directory: string, name: string, video: PatchVideo): Promise<string> {
  const { width = 256, height = 64, pixelFormat, args } = video
  const frame = Buffer.concat(makePlanes({ ...video, width, height }))
  await writeFile(join(directory, `${name}.raw`), Buffer.concat([frame, frame]))
  await ffmpeg(
    directory,
    '-f',
    'rawvideo',
    '-pix_fmt',
    pixelFormat,
    '-s',
    `${width}x${height}`,
    '-r',
    '5',
    '-i',
    `${name}.raw`,
    ...args,
    name
  )
  return join(directory, name)
}

/** The mean colour of the middle of each patch of a picture, 0 to 255. */
export function readPatches ({
  data,
  width,
  height,
  channels
}: {
  data: Buffer
  width: number
  height: number
  channels: number
}): number[][] {
  const side = width / PATCHES.length
  return PATCHES.map((_, patch) => {
    const sums = [0, 0, 0]
    const [left, right, top, bottom] = [(patch + 0.3) * side, (patch + 0.7) * side, height * 0.3, height * 0.7].map(
      Math.round
    ) as [number, number, number, number]
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        for (const channel of [0, 1, 2]) sums[channel]! += data[(y * width + x) * channels + channel]!
      }
    }
    return sums.map((sum) => sum / ((right - left) * (bottom - top)))
  })
}

/** The largest difference of any channel of any patch. */
export function compareColours (
  actual: ReadonlyArray<readonly number[]>,
  expected: ReadonlyArray<readonly number[]>
): number {
  return Math.max(
    ...actual.flatMap((colour, patch) => colour.map((value, channel) => Math.abs(value - expected[patch]![channel]!)))
  )
}

function makePlanes ({
  matrix,
  isFullRange = false,
  bits = 8,
  chroma = [2, 2],
  width,
  height
}: PatchVideo & { width: number, height: number }): Buffer[] {
  const coded = PATCHES.map((colour) => code(colour, matrix))
  const [across, down] = chroma === 'none' || matrix === 'rgb' ? [1, 1] : chroma
  const planes = chroma === 'none' ? [0] : [0, 1, 2]
  return planes.map((plane) => {
    const isChroma = plane > 0 && matrix !== 'rgb'
    const values = coded.map((components) =>
      quantise(components[plane]!, {
        isChroma,
        isFullRange: isFullRange || matrix === 'rgb',
        bits,
        chromaSteps: matrix === 'ycgco' ? 219 : 224
      })
    )
    return isChroma
      ? fill(values, { width: width / across, height: height / down, bits })
      : fill(values, { width, height, bits })
  })
}

function code ([red, green, blue]: Colour, matrix: PatchVideo['matrix']): readonly [number, number, number] {
  if (matrix === 'rgb') return [green, blue, red]
  // Rec. ITU-T H.273, equations for MatrixCoefficients 8, of red, green and blue that are quantised already.
  if (matrix === 'ycgco') return [red / 4 + green / 2 + blue / 4, -red / 4 + green / 2 - blue / 4, red / 2 - blue / 2]
  const [kr, kb] = matrix
  const luma = kr * red + (1 - kr - kb) * green + kb * blue
  return [luma, (blue - luma) / 2 / (1 - kb), (red - luma) / 2 / (1 - kr)]
}

function quantise (
  value: number,
  {
    isChroma,
    isFullRange,
    bits,
    chromaSteps
  }: { isChroma: boolean, isFullRange: boolean, bits: number, chromaSteps: number }
): number {
  const most = 2 ** bits - 1
  const step = 2 ** (bits - 8)
  const scaled = isFullRange
    ? value * most + (isChroma ? 2 ** (bits - 1) : 0)
    : (isChroma ? chromaSteps * value + 128 : 219 * value + 16) * step
  return Math.min(most, Math.max(0, Math.round(scaled)))
}

function fill (
  values: readonly number[],
  { width, height, bits }: { width: number, height: number, bits: number }
): Buffer {
  const plane = bits === 8 ? new Uint8Array(width * height) : new Uint16Array(width * height)
  for (let at = 0; at < plane.length; at++) plane[at] = values[Math.floor(((at % width) * values.length) / width)]!
  return Buffer.from(plane.buffer)
}
