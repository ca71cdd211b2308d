import sharp from 'sharp'
import { readBarcode } from '../../test/support/videos.ts'

/** Reads the frame number that an image shows, from a file or from bytes. */
export async function readImageBarcode (image: string | Buffer): Promise<number> {
  const { data, info } = await sharp(image).greyscale().raw().toBuffer({ resolveWithObject: true })
  return readBarcode(data, info.width, info.height)
}
