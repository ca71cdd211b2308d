import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { scratchFullError } from '../../../limits/scratch.ts'
import { type Conversion, convertLight, DECODERS } from './conversion.ts'

/** Nodes a side; a square number squared, since a Hald picture of level 8 is a square of 8³ by 8³ pixels. */
const SIDE = 64
const PICTURE_SIDE = 512
const MAX_CODE = 65535

const made = new Map<string, Promise<Buffer>>()

/** The name of the file that holds a conversion's cube. */
export function lutFileName ({ transfer, primaries }: Conversion): string {
  return `${transfer}-${primaries}.ppm`
}

/**
 * Writes the cube of a conversion into a directory, under its name. It takes 1.5 MB.
 *
 * @throws PosterframeError `scratch_full`
 */
export async function writeLut (directory: string, conversion: Conversion): Promise<void> {
  const cube = await buildLut(conversion)
  await writeFile(join(directory, lutFileName(conversion)), cube).catch((error: unknown) => {
    throw scratchFullError(error) ?? error
  })
}

/**
 * A conversion as a table for ffmpeg's `haldclut`: what each of 64 x 64 x 64 colours becomes, red fastest, as a PPM
 * picture of 16 bits. So every ffmpeg converts alike, whether or not it has zscale, and HLG by the luminance, which
 * zscale does not do. Made once, in a tenth of a second.
 */
export function buildLut (conversion: Conversion): Promise<Buffer> {
  const name = lutFileName(conversion)
  const cube = made.get(name) ?? computeCube(conversion)
  made.set(name, cube)
  return cube
}

async function computeCube (conversion: Conversion): Promise<Buffer> {
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
