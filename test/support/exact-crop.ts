import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Picture } from '../../src/video/media/picture.ts'
import { findTestFfmpeg } from './videos.ts'

const run = promisify(execFile)

/** Pixels to crop from each side of the coded picture. */
export interface CropPlan {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/**
 * Returns the true picture of the first frame of a video: the whole coded picture, which the decoder does not crop, cut
 * by a filter to the pixel, and then converted.
 *
 * @param size of the whole coded picture
 * @param after filters for the cropped frame
 */
export async function readExactCrop (
  path: string,
  size: { readonly width: number, readonly height: number },
  { left, right, top, bottom }: CropPlan,
  after: readonly string[] = []
): Promise<Picture> {
  const [width, height] = [size.width - left - right, size.height - top - bottom]
  const filters = [
    `crop=${width}:${height}:${left}:${top}:exact=1`,
    ...after,
    'scale=flags=bicubic+full_chroma_int+accurate_rnd:in_h_chr_pos=0:in_color_matrix=bt601:in_range=tv:out_range=pc',
    'format=gbrp',
    'format=rgb24'
  ]
  const { stdout } = await run(
    await findTestFfmpeg(),
    [
      '-v', 'error', '-noautorotate', '-flags2', '+ignorecrop', '-i', path, '-vf', filters.join(','),
      '-frames:v', '1', '-f', 'rawvideo', 'pipe:1'
    ],
    { encoding: 'buffer', maxBuffer: 1e8 }
  )
  const isOnItsSide = after.some((filter) => filter.startsWith('transpose'))
  const picture = { data: stdout, width: isOnItsSide ? height : width, height: isOnItsSide ? width : height } as const
  if (stdout.length !== width * height * 3) throw new Error(`${path} is not ${size.width} x ${size.height}`)
  return { ...picture, channels: 3 }
}
