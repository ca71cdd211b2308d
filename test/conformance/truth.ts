import sharp from 'sharp'
import { type FrameKind, type FrameList, listFrames } from './frame-list.ts'
import { readMovieBoxes, type TrackBoxes } from './movie-boxes.ts'
import type { Pixels } from './rgb.ts'
import { listStreams, type Stream } from './stream-spans.ts'
import { isMovie, measureTimeline, type Timeline } from './timeline.ts'
import type { TruthCache } from './truth-cache.ts'
import { displaySize } from './truth-filters.ts'
import { makePictures } from './truth-picture.ts'

/** A frame on the presentation timeline. */
export interface TrueFrame {
  /** Number in the full decode, which barcodes show. */
  readonly index: number
  /** Presentation time in microseconds, rounded up. */
  readonly micros: number
  readonly isKey: boolean
  readonly kind: FrameKind
}

/** The ground truth of a video, by a full decode and without any code of the service. */
export interface Truth {
  readonly frames: readonly TrueFrame[]
  readonly durationMicros: number
  /** Degrees clockwise. */
  readonly rotation: number
  /** Returns the upright size of a frame in square pixels. */
  readonly sizeOf: (frame: TrueFrame) => { width: number, height: number }
  /** Makes the true pictures of frames, each at a size, by frame number. */
  readonly pictures: (
    frames: readonly TrueFrame[],
    size: (frame: TrueFrame) => { width: number, height: number }
  ) => Promise<Map<number, Pixels>>
}

interface Decoded {
  readonly stream: Pick<Stream, 'index' | 'decoder'>
  readonly list: FrameList
  readonly timeline: Timeline
  readonly matrix: TrackBoxes['matrix']
}

/**
 * Finds the ground truth of a file.
 *
 * @param stream index of the video track; unless given, default tracks come first, then the largest, and never a cover
 */
export async function findTruth (
  path: string,
  caches: { readonly list: TruthCache, readonly picture: TruthCache },
  stream?: number
): Promise<Truth> {
  const text = await caches.list.getOrMake(`${stream ?? 'any'}.json`, async () =>
    Buffer.from(JSON.stringify(await decode(path, stream)))
  )
  const decoded = JSON.parse(text.toString()) as Decoded
  const { list, timeline, matrix } = decoded
  const frames = list.frames.map(({ index, pts, isKey, kind }) => ({
    index,
    micros: toMicros(pts ?? 0, list, timeline.zero),
    isKey,
    kind: list.kinds[kind]!
  }))
  const isOnItsSide = Math.abs(matrix[1]) > Math.abs(matrix[0])
  return {
    frames,
    durationMicros: timeline.durationMicros,
    rotation: (Math.round(Math.atan2(matrix[1], matrix[0]) / (Math.PI / 2)) * 90 + 360) % 360,
    sizeOf: ({ kind }) => {
      const { width, height } = displaySize(kind)
      return isOnItsSide ? { width: height, height: width } : { width, height }
    },
    pictures: (wanted, size) => readPictures(path, decoded, caches.picture, wanted, size)
  }
}

async function decode (path: string, wanted?: number): Promise<Decoded> {
  const { container, streams } = await listStreams(path)
  const stream = streams.find(({ index }) => index === wanted) ?? chooseStream(streams)
  if (stream === undefined) throw new Error(`${path} has no video track.`)
  const boxes = isMovie(container) ? await readMovieBoxes(path) : []
  const list = await listFrames(path, stream)
  const timeline = await measureTimeline(path, container, streams, boxes, list)
  return {
    stream: { index: stream.index, decoder: stream.decoder },
    list,
    timeline,
    matrix: boxes[stream.index]?.matrix ?? rotationMatrix(stream.printedTurn)
  }
}

function chooseStream (streams: readonly Stream[]): Stream | undefined {
  return streams
    .filter(({ kind, isCover }) => kind === 'video' && !isCover)
    .sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || b.pixels - a.pixels)[0]
}

function rotationMatrix (degreesAnticlockwise: number): TrackBoxes['matrix'] {
  const angle = (-degreesAnticlockwise * Math.PI) / 180
  const [cos, sin] = [Math.round(Math.cos(angle)), Math.round(Math.sin(angle))]
  return [cos, sin, -sin, cos]
}

function toMicros (pts: number, { timeBase: [numerator, denominator] }: FrameList, zero: number): number {
  const scaled = BigInt(pts) * BigInt(numerator) * 1_000_000n
  const divisor = BigInt(denominator)
  const up = scaled / divisor + (scaled > 0n && scaled % divisor !== 0n ? 1n : 0n)
  return Number(up) - Math.round(zero * 1e6)
}

async function readPictures (
  path: string,
  { stream, list, matrix }: Decoded,
  cache: TruthCache,
  frames: readonly TrueFrame[],
  size: (frame: TrueFrame) => { width: number, height: number }
): Promise<Map<number, Pixels>> {
  let made: Promise<Map<number, Pixels>> | undefined
  const sizeOf = (index: number) => size(frames.find((frame) => frame.index === index)!)
  const indices = [...new Set(frames.map(({ index }) => index))]
  const pictures = new Map<number, Pixels>()
  for (const index of indices) {
    const { width, height } = sizeOf(index)
    const png = await cache.getOrMake(`${stream.index}-${index}-${width}x${height}.png`, async () => {
      const all = await (made ??= makePictures({ path, stream, list, matrix, indices, sizeOf }))
      return await encode(all.get(index)!)
    })
    pictures.set(index, await readPixels(png))
  }
  return pictures
}

async function encode ({ data, width, height, channels }: Pixels): Promise<Buffer> {
  return await sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 3 }).toBuffer()
}

/** Decodes the pixels of an encoded picture. */
export async function readPixels (picture: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(picture).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  if (info.channels !== 3 && info.channels !== 4) throw new Error(`The picture has ${info.channels} channels.`)
  return { data, width: info.width, height: info.height, channels: info.channels }
}
