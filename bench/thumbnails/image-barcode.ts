import sharp from 'sharp'
import { readBarcode } from '../../test/support/videos.ts'

/** Reads the number that a picture shows, from a file or from bytes: see `expectCode`. */
export async function readPictureCode (picture: string | Buffer): Promise<number> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true })
  return readBarcode(data, info.width, info.height)
}
