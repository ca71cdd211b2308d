import { type Box, type Window, isWithin, MAX_HEADER_BYTES, readBox, readBoxUpTo } from './box.ts'
import { MAX_MOVIE_BYTES, type Movie, type MoviePart, readMovie } from './movie.ts'
import { TrackBoxes } from './track-boxes.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** Size of the first request to a source. */
const HEAD_BYTES = 256 * 1024
/** Bytes to read where a box header is expected, which often contain the whole box. */
const TAIL_BYTES = 256 * 1024
/** Bytes of a track that contain the type of its media and its decode times. */
const PEEK_BYTES = 64 * 1024
/** Boxes that are not needed are skipped if that saves more than this, which costs about as much as a round trip. */
const MIN_SAVING_BYTES = 1024 * 1024
/** After so many reads, the rest of a movie box comes in one: a hundred tracks must not take two hundred requests. */
const MAX_SPARSE_READS = 16
const MAX_TOP_BOXES = 1000
const MAX_TOP_READS = 8
const MAX_TRACKS = 100

/** Types of media that are never shown as pictures, so that their sample tables are not needed. */
export const NON_PICTURE_HANDLERS = new Set([
  'soun',
  'text',
  'sbtl',
  'subt',
  'subp',
  'clcp',
  'tmcd',
  'meta',
  'hint',
  'odsm',
  'sdsm'
])

/** A movie and its `moov` box. */
export interface FoundMovie {
  readonly movie: Movie
  readonly moov: Box
  /** The first bytes of the file. */
  readonly head: Buffer
}

/**
 * Finds and reads the `moov` box, before or after the media: reads the head of the file, the end of the media if the
 * box is there, and the rest of the box. Skips the tables of tracks without pictures if that saves much.
 *
 * @throws PosterframeError `video_limits_exceeded` as `readMovie`
 * @throws RangedExtractionError if there is no movie box, or it is not supported; as the source
 */
export async function findMovie (source: ByteReader): Promise<FoundMovie> {
  const head = await readWindow(source, 0, Math.min(HEAD_BYTES, source.size))
  const { moov, window } = await findMoov(source, head)
  if (moov.end - moov.start > MAX_MOVIE_BYTES) throw new RangedExtractionError('the movie box is too large')
  const parts =
    moov.end - endOf(window) > MIN_SAVING_BYTES
      ? await readSparsely(source, moov, window)
      : listParts(
        isWithin(window, moov.start, moov.end) ? window : await readWindow(source, moov.start, moov.end),
        moov
      )
  return { movie: readMovie(parts), moov, head: head.data }
}

async function findMoov (source: ByteReader, head: Window): Promise<{ moov: Box, window: Window }> {
  let window = head
  let at = 0
  for (let count = 0, reads = 0; count < MAX_TOP_BOXES && at + 8 <= source.size; count++) {
    if (!isWithin(window, at, Math.min(at + MAX_HEADER_BYTES, source.size))) {
      if (++reads > MAX_TOP_READS) break
      window = await readWindow(source, at, Math.min(at + TAIL_BYTES, source.size))
    }
    // A moov that is declared larger than the file is read up to its end. The boxes in it must still be complete.
    const moov = readBoxUpTo(window, at, source.size)
    if (moov.type === 'moov') return { moov, window }
    const box = readBox(window, at, source.size)
    if (box.type === 'moof') throw new RangedExtractionError('a fragment comes before the movie box')
    at = box.end
  }
  throw new RangedExtractionError('there is no movie box')
}

function listParts (window: Window, moov: Box): MoviePart[] {
  const parts: MoviePart[] = []
  for (let at = moov.bodyStart; at + 8 <= moov.end;) {
    const box = readBox(window, at, moov.end)
    addPart(parts, { box, window })
    at = box.end
  }
  return parts
}

/**
 * Reads the children of a large `moov`. Of tracks without pictures, only the beginning is read. The end of the `moov`
 * is read together with the sample tables, so that the walk seldom waits for another request.
 */
async function readSparsely (source: ByteReader, moov: Box, head: Window): Promise<MoviePart[]> {
  const parts: MoviePart[] = []
  let windows = [head]
  let reads = 0
  for (let at = moov.bodyStart; at + 8 <= moov.end;) {
    const headerEnd = Math.min(at + MAX_HEADER_BYTES, moov.end)
    let window = windows.find((known) => isWithin(known, at, headerEnd))
    if (window === undefined) {
      const isVideoFound = parts.some(({ box, window }) => box.type === 'trak' && isWithin(window, box.start, box.end))
      const isPeek = isVideoFound && ++reads < MAX_SPARSE_READS
      window = await readWindow(source, at, isPeek ? Math.min(at + PEEK_BYTES, moov.end) : moov.end)
      windows = [window]
    }
    const box = readBox(window, at, moov.end)
    if (!isWithin(window, box.start, box.end) && !isDispensable(window, box, moov.end)) {
      const end = Math.min(box.end + PEEK_BYTES, moov.end)
      const tail = Math.max(end, moov.end - PEEK_BYTES)
      windows =
        moov.end - end > MIN_SAVING_BYTES && ++reads < MAX_SPARSE_READS
          ? await Promise.all([readWindow(source, box.start, end), readWindow(source, tail, moov.end)])
          : [await readWindow(source, box.start, moov.end)]
      window = windows[0]!
    }
    addPart(parts, { box, window })
    at = box.end
  }
  return parts
}

/** Returns whether the rest of a partly read box is not needed. */
function isDispensable (window: Window, box: Box, moovEnd: number): boolean {
  if (box.type !== 'trak') return box.type !== 'mvhd' && box.type !== 'mvex' && box.type !== 'cmov'
  if (moovEnd - endOf(window) <= MIN_SAVING_BYTES) return false
  const handler = new TrackBoxes(window, box).findStart('hdlr')
  return handler !== undefined && handler.length >= 12 && NON_PICTURE_HANDLERS.has(handler.toString('latin1', 8, 12))
}

function addPart (parts: MoviePart[], part: MoviePart): void {
  if (parts.length >= MAX_TRACKS) throw new RangedExtractionError('the movie has too many tracks')
  parts.push(part)
}

async function readWindow (source: ByteReader, start: number, end: number): Promise<Window> {
  return { offset: start, data: await source.read(start, end) }
}

function endOf ({ offset, data }: Window): number {
  return offset + data.length
}
