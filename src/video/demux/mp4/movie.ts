import { type Box, type Window, readBody } from './box.ts'
import { type Track, readDuration, readMatrix, readTrack } from './track.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** A parsed `moov` box (ISO/IEC 14496-12, section 8.2). */
export interface Movie {
  /** Ticks per second of the movie clock, the unit of edit durations. */
  readonly timescale: number
  /** Duration of the longest track in ticks of the movie; 0 if the header has none. */
  readonly durationTicks: number
  readonly tracks: readonly Track[]
  /** Whether the movie has fragments (`mvex`). */
  readonly extension: { readonly window: Window, readonly box: Box } | undefined
}

/** A child of `moov` and the bytes that hold it; for a track, at least its beginning. */
export interface MoviePart {
  readonly box: Box
  readonly window: Window
}

const UNIT_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

/**
 * Parses the children of a movie.
 *
 * @throws RangedExtractionError for a missing header, a compressed movie, a display matrix of the whole movie, or a
 * damaged track
 */
export function readMovie (parts: readonly MoviePart[]): Movie {
  if (parts.some(({ box }) => box.type === 'cmov')) throw new RangedExtractionError('the movie is compressed')
  const [header, secondHeader] = parts.filter(({ box }) => box.type === 'mvhd')
  if (header === undefined || secondHeader !== undefined) {
    throw new RangedExtractionError('the movie has no header or two headers')
  }
  const extension = parts.find(({ box }) => box.type === 'mvex')
  return {
    ...readHeader(readBody(header.window, header.box, 100)),
    tracks: parts.filter(({ box }) => box.type === 'trak').map(({ box, window }) => readTrack(window, box)),
    extension
  }
}

function readHeader (body: Buffer): Pick<Movie, 'timescale' | 'durationTicks'> {
  const isLong = body.readUInt8(0) === 1
  if (isLong && body.length < 112) throw new RangedExtractionError('the box mvhd is cut short')
  const matrix = readMatrix(body, isLong ? 48 : 36)
  if (!matrix.every((value, place) => value === UNIT_MATRIX[place])) {
    throw new RangedExtractionError('the movie has a display matrix')
  }
  return { timescale: body.readUInt32BE(isLong ? 20 : 12), durationTicks: readDuration(body, isLong ? 24 : 16, isLong) }
}
