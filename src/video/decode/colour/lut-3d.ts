import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { scratchFullError } from '../../../limits/scratch.ts'
import { type Conversion, convertLight, DECODERS } from './conversion.ts'

/** Nodes per axis: level 8 squared, because a Hald image of level 8 has 8³ by 8³ pixels. */
const SIDE = 64
const PICTURE_SIDE = 512
const MAX_CODE = 65535

const made = new Map<string, Promise<Buffer>>()

/** Returns the file name of the 3D LUT of a conversion. */
export function lutFileName ({ transfer, primaries }: Conversion): string {
  return `${transfer}-${primaries}.ppm`
}

/**
 * Writes the 3D LUT of a conversion, 1.5 MB, into a directory.
 *
 * @throws PosterframeError `scratch_full`
 */
export async function writeLut (directory: string, conversion: Conversion): Promise<void> {
  const lut = await buildLut(conversion)
  await writeFile(join(directory, lutFileName(conversion)), lut).catch((error: unknown) => {
    throw scratchFullError(error) ?? error
  })
}

/**
 * Returns a conversion as a 3D LUT for ffmpeg's `haldclut`: the results for 64 x 64 x 64 colours, red fastest, as a
 * 16-bit PPM picture. With it every ffmpeg converts alike, with or without zscale, and HLG by luminance, which zscale
 * does not support. Built once, in a tenth of a second.
 */
export function buildLut (conversion: Conversion): Promise<Buffer> {
  const name = lutFileName(conversion)
  const lut = made.get(name) ?? computeLut(conversion)
  made.set(name, lut)
  return lut
}

async function computeLut (conversion: Conversion): Promise<Buffer> {
  const light = Array.from({ length: SIDE }, (_, node) => DECODERS[conversion.transfer](node / (SIDE - 1)))
  const header = Buffer.from(`P6\n${PICTURE_SIDE} ${PICTURE_SIDE}\n${MAX_CODE}\n`)
  const pixels = Buffer.alloc(PICTURE_SIDE * PICTURE_SIDE * 6)
  let at = 0
  for (const blue of light) {
    for (const green of light) {
      for (const red of light) {
        for (const code of convertLight(conversion, [red, green, blue])) {
          at = pixels.writeUInt16BE(Math.round(code * MAX_CODE), at)
        }
      }
    }
    await setImmediate() // Others have their turn.
  }
  return Buffer.concat([header, pixels])
}
