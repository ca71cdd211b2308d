import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DecoderInput } from './decode-plan.ts'

/** One picture of 16 x 16 grey pixels in H.264, as a raw stream. */
const BYTES = Buffer.from('AAAAAWdkAAqs2V7ARAAAAwAEAAADAMg8SJZYAAAAAWjr48siwAAAAWWIhAAr//72c3wlfQ==', 'base64')
const NAME = 'known-picture.h264'

/**
 * Writes the known picture to a directory. A decoder that decodes it, with as many threads as it had for `input`, shows
 * that the machine is able to run it.
 */
export async function writeKnownPicture (
  directory: string,
  { threads, maxPixels }: Pick<DecoderInput, 'threads' | 'maxPixels'>
): Promise<DecoderInput> {
  const path = join(directory, NAME)
  await writeFile(path, BYTES)
  return { path, container: { demuxer: 'h264' }, isProbed: true, threads, maxPixels, bytes: BYTES.length }
}
