import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Returns the path of the ffmpeg that creates the test videos: the one that the service would find. */
export async function findTestFfmpeg (): Promise<string> {
  const bundled: unknown = createRequire(import.meta.url)('ffmpeg-static')
  const candidates = [
    process.env['FFMPEG_PATH'],
    bundled,
    ...(process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'ffmpeg'))
  ]
  for (const path of candidates) {
    if (
      typeof path === 'string' &&
      (await access(path, constants.X_OK).then(
        () => true,
        () => false
      ))
    ) {
      return path
    }
  }
  throw new Error('The tests need ffmpeg. Install it, or set FFMPEG_PATH.')
}

/** Runs ffmpeg in a directory. */
export async function ffmpeg (directory: string, ...args: string[]): Promise<void> {
  await run(await findTestFfmpeg(), ['-y', '-v', 'error', '-nostdin', ...args], { cwd: directory })
}

/**
 * A filter that draws the number of the frame as a bar code: the bottom eighth of the picture is 16 cells, and cell i
 * from the left is white if bit i of the number is 1.
 */
export const BARCODE =
  "geq=lum='if(gte(Y,H*7/8),if(mod(floor(N/pow(2,floor(X*16/W))),2),235,16),lum(X,Y))':cb=128:cr=128"

/** Reads the number of the frame from grey pixels, one byte each. */
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
  /** Output arguments of ffmpeg: codec, GOP, container flags. */
  readonly args: readonly string[]
}

/** Creates a video of 320 x 192 pixels whose frames have their numbers as bar codes. */
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
