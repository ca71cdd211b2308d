import type { FrameKind, FrameList, ListedFrame } from './frame-list.ts'
import { planarLayout, takePlanes } from './planes.ts'
import { applyMatrix, makePixels, type Pixels } from './rgb.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import type { Stream } from './stream-spans.ts'
import { deinterlaceFilters } from './truth-filters.ts'

/** The frames of a file to make pictures of. */
export interface PictureRequest {
  readonly path: string
  readonly stream: Pick<Stream, 'index' | 'decoder'>
  readonly list: FrameList
  readonly matrix: readonly [number, number, number, number]
  /** Numbers of the frames in the full decode. */
  readonly indices: readonly number[]
  /** Returns the size of the upright picture of a frame. */
  readonly sizeOf: (index: number) => { width: number, height: number }
}

/** Decodes the whole track again, without seeking, and makes pictures of the frames with these times. */
export async function makePictures ({
  path,
  stream,
  list,
  matrix,
  indices,
  sizeOf
}: PictureRequest): Promise<Map<number, Pixels>> {
  const wanted = new Set(indices.map((index) => list.frames[index]?.pts))
  const expected = list.frames.filter(({ pts }) => wanted.has(pts))
  const kindOf = (frame: ListedFrame): FrameKind => list.kinds[frame.kind]!
  if (expected.length === 0) return new Map()
  const { format } = planarLayout(kindOf(expected[0]!))
  const filters = [
    `select='${[...wanted].map((pts) => `eq(pts,${pts})`).join('+')}'`,
    ...new Set(expected.flatMap((frame) => deinterlaceFilters(kindOf(frame))))
  ]
  const { out } = await runFfmpeg(
    [
      '-copyts', '-noautorotate', ...stream.decoder, '-i', `file:${path}`, '-map', `0:${stream.index}`,
      '-autoscale', '0', '-vf', filters.join(','), '-fps_mode', 'passthrough',
      '-pix_fmt', format, '-f', 'rawvideo', 'pipe:1'
    ],
    { onLine: () => {} }
  )
  const pictures = new Map<number, Pixels>()
  let bytes = out
  for (const frame of expected) {
    const kind = { ...kindOf(frame), format }
    const { planes, rest } = takePlanes(bytes, kind, planarLayout(kind))
    bytes = rest
    if (!indices.includes(frame.index)) continue
    const { width, height } = sizeOf(frame.index)
    const isOnItsSide = Math.abs(matrix[1]) > Math.abs(matrix[0])
    pictures.set(
      frame.index,
      applyMatrix(
        isOnItsSide ? makePixels(planes, kind, height, width) : makePixels(planes, kind, width, height),
        matrix
      )
    )
  }
  return pictures
}
