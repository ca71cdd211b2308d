import { readFile } from 'node:fs/promises'

/** Values in the boxes of a `trak` that decoders do not apply (ISO/IEC 14496-12). */
export interface TrackBoxes {
  /** a, b, c, d of the display matrix, multiplied by that of the movie: x' = ax + cy, y' = bx + dy. */
  readonly matrix: readonly [number, number, number, number]
  /** Sum of all edits, including empty ones, in seconds; undefined without an edit list or if its edits have no end. */
  readonly editSeconds: number | undefined
}

interface Box {
  readonly type: string
  readonly body: Buffer
}

/**
 * Reads the tracks of an MP4 or MOV in the order of the file, which is ffmpeg's order of streams. Invalid boxes end the
 * list without an error, because the decoder reads the file too.
 */
export async function readMovieBoxes (path: string): Promise<TrackBoxes[]> {
  const movie = findBox(listBoxes(await readFile(path)), 'moov')
  if (movie === undefined) return []
  const boxes = listBoxes(movie)
  const header = findBox(boxes, 'mvhd')
  const isLong = header?.[0] === 1
  const timescale = readWord(header, isLong ? 20 : 12)
  const own = readMatrix(header, isLong ? 48 : 36)
  return boxes.filter(({ type }) => type === 'trak').map(({ body }) => readTrack(body, timescale, own))
}

function readTrack (body: Buffer, timescale: number, movie: TrackBoxes['matrix']): TrackBoxes {
  const boxes = listBoxes(body)
  const header = findBox(boxes, 'tkhd')
  const matrix = multiply(readMatrix(header, header?.[0] === 1 ? 52 : 40), movie)
  const edits = findBox(boxes, 'edts')
  const list = edits === undefined ? undefined : findBox(listBoxes(edits), 'elst')
  return { matrix, editSeconds: list === undefined || timescale === 0 ? undefined : sumEdits(list, timescale) }
}

function sumEdits (list: Buffer, timescale: number): number | undefined {
  const isLong = list[0] === 1
  const step = isLong ? 20 : 12
  const count = Math.min(readWord(list, 4), Math.floor((list.length - 8) / step))
  let ticks = 0
  for (let index = 0; index < count; index++) {
    const at = 8 + index * step
    ticks += isLong ? Number(list.readBigUInt64BE(at)) : list.readUInt32BE(at)
  }
  return ticks === 0 ? undefined : ticks / timescale
}

function listBoxes (data: Buffer): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at + 8 <= data.length;) {
    let size = data.readUInt32BE(at)
    let head = 8
    if (size === 1 && at + 16 <= data.length) {
      size = Number(data.readBigUInt64BE(at + 8))
      head = 16
    }
    const end = size === 0 ? data.length : Math.min(at + size, data.length)
    if (end < at + head) break
    boxes.push({ type: data.toString('latin1', at + 4, at + 8), body: data.subarray(at + head, end) })
    at = end
  }
  return boxes
}

const findBox = (boxes: readonly Box[], wanted: string): Buffer | undefined =>
  boxes.find(({ type }) => type === wanted)?.body

const readWord = (data: Buffer | undefined, at: number): number =>
  data !== undefined && at + 4 <= data.length ? data.readUInt32BE(at) : 0

function readMatrix (data: Buffer | undefined, at: number): TrackBoxes['matrix'] {
  if (data === undefined || at + 20 > data.length) return [1, 0, 0, 1]
  const [a = 1, b = 0, c = 0, d = 1] = [0, 4, 12, 16].map((offset) => data.readInt32BE(at + offset) / 65536)
  return [a, b, c, d].every((value) => value === 0) ? [1, 0, 0, 1] : [a, b, c, d]
}

function multiply ([a, b, c, d]: TrackBoxes['matrix'], [e, f, g, h]: TrackBoxes['matrix']): TrackBoxes['matrix'] {
  return [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h]
}
