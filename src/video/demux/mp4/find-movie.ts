import { type Box, type Window, isWithin, MAX_HEADER_BYTES, readBox, readBoxUpTo } from './box.ts'
import { type Movie, type MoviePart, readMovie } from './movie.ts'
import { TrackBoxes } from './track-boxes.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** What the first request of a source brings. */
const HEAD_BYTES = 256 * 1024
/** How much is read where a box header is looked for: with luck the box is in it. */
const TAIL_BYTES = 256 * 1024
/** Enough of a track to see what its media is, and its decode times. */
const PEEK_BYTES = 64 * 1024
/** What is not needed is passed over where that saves more than this; a round trip costs about as much. */
const MIN_SAVING_BYTES = 1024 * 1024
/** The tables of 16 hours at 60 pictures a second. What is larger must not use up what one request may read. */
const MAX_MOVIE_BYTES = 96 * 1024 * 1024
/**
 * After so many reads of a movie box that is read in parts, its rest comes in one: a hundred tracks must not take two
 * hundred requests.
 */
const MAX_SPARSE_READS = 16
const MAX_TOP_BOXES = 1000
const MAX_TOP_READS = 8
const MAX_TRACKS = 100

/** Media that are never shown as pictures, whose sample tables are not needed. */
export const UNSEEN_HANDLERS = new Set([
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

/** A movie and where its `moov` box lies. */
export interface FoundMovie {
  readonly movie: Movie
  readonly moov: Box
  /** The first bytes of the file. */
  readonly head: Buffer
}

/**
 * Finds and reads the `moov` box, first or last in the file: the head, what is behind the media where it is there,
 * and the rest of the box. Where it saves much, the tables of tracks that show no pictures are passed over.
 *
 * @throws RangedExtractionError where there is none that is plain; what the source throws
 */
export async function findMovie (source: ByteReader): Promise<FoundMovie> {
  const head = await readWindow(source, 0, Math.min(HEAD_BYTES, source.size))
  const { moov, window } = await findMoov(source, head)
  if (moov.end - moov.start > MAX_MOVIE_BYTES) throw new RangedExtractionError('the index of the file is too large')
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
    // One that claims more than the file has is read as far as it goes: what is in it must still be whole.
    const moov = readBoxUpTo(window, at, source.size)
    if (moov.type === 'moov') return { moov, window }
    const box = readBox(window, at, source.size)
    if (box.type === 'moof') throw new RangedExtractionError('fragments come before their movie')
    at = box.end
  }
  throw new RangedExtractionError('there is no movie box where it should be')
}

function listParts (window: Window, moov: Box): MoviePart[] {
  const parts: MoviePart[] = []
  for (let at = moov.bodyStart; at + 8 <= moov.end;) {
    const box = readBox(window, at, moov.end)
    takePart(parts, { box, window })
    at = box.end
  }
  return parts
}

/**
 * Walks the children of a large `moov`. Of a track that shows no pictures only the beginning is read. What is behind
 * the last track is read together with the tables, so that the walk seldom waits once more.
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
    takePart(parts, { box, window })
    at = box.end
  }
  return parts
}

/** Whether a box that was not read as a whole need not be. */
function isDispensable (window: Window, box: Box, moovEnd: number): boolean {
  if (box.type !== 'trak') return box.type !== 'mvhd' && box.type !== 'mvex' && box.type !== 'cmov'
  if (moovEnd - endOf(window) <= MIN_SAVING_BYTES) return false
  const handler = new TrackBoxes(window, box).findStart('hdlr')
  return handler !== undefined && handler.length >= 12 && UNSEEN_HANDLERS.has(handler.toString('latin1', 8, 12))
}

function takePart (parts: MoviePart[], part: MoviePart): void {
  if (parts.length >= MAX_TRACKS) throw new RangedExtractionError('the movie has too many tracks')
  parts.push(part)
}

async function readWindow (source: ByteReader, start: number, end: number): Promise<Window> {
  return { offset: start, data: await source.read(start, end) }
}

function endOf ({ offset, data }: Window): number {
  return offset + data.length
}
