import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The ffmpeg that the tests make their videos with: the one that the service would find. */
export async function findTestFfmpeg (): Promise<string> {
  const bundled: unknown = createRequire(import.meta.url)('ffmpeg-static')
  const places = [
    process.env['FFMPEG_PATH'],
    bundled,
    ...(process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'ffmpeg'))
  ]
  for (const place of places) {
    if (
      typeof place === 'string' &&
      (await access(place, constants.X_OK).then(
        () => true,
        () => false
      ))
    ) { return place }
  }
  throw new Error('the tests need ffmpeg')
}

/** Runs ffmpeg in a directory, as a test's author would by hand. */
export async function ffmpeg (directory: string, ...args: string[]): Promise<void> {
  await run(await findTestFfmpeg(), ['-y', '-v', 'error', '-nostdin', ...args], { cwd: directory })
}

/**
 * A filter that writes the frame's number into the picture so that a program reads it back: the bottom eighth is 16
 * cells, cell i from the left white where bit i of the number is 1.
 */
export const BARCODE =
  "geq=lum='if(gte(Y,H*7/8),if(mod(floor(N/pow(2,floor(X*16/W))),2),235,16),lum(X,Y))':cb=128:cr=128"

/** Reads the number back out of grey pixels, one byte each. */
export function readBarcode (grey: Buffer, width: number, height: number): number {
  let number = 0
  const row = Math.floor((height * 15) / 16)
  for (let cell = 0; cell < 16; cell++) {
    const column = Math.floor(((cell + 0.5) * width) / 16)
    if (grey[row * width + column]! > 128) number += 2 ** cell
  }
  return number
}

export interface BarcodeVideo {
  readonly seconds: number
  readonly framesPerSecond: number
  /** Output arguments: codec, GOP, container flags. */
  readonly args: readonly string[]
}

/** Makes a video whose frames carry their numbers, 320 x 192. */
export async function makeBarcodeVideo (
  directory: string,
  name: string,
  { seconds, framesPerSecond, args }: BarcodeVideo
): Promise<string> {
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    `testsrc2=s=320x192:r=${framesPerSecond}:d=${seconds}`,
    '-vf',
    `format=yuv420p,${BARCODE}`,
    ...args,
    name
  )
  return join(directory, name)
}

/** H.264 with B-frames and a key frame every 24 frames. */
export const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '24', '-bf', '3', '-crf', '20'] as const
