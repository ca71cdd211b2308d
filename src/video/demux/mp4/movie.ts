import { type Box, type Window, readBody } from './box.ts'
import { type Track, readDuration, readMatrix, readTrack } from './track.ts'
import { PosterframeError } from '../../../errors.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** A parsed `moov` box (ISO/IEC 14496-12, section 8.2). */
export interface Movie {
  /** Ticks per second of the movie's own clock, the unit of edit durations. */
  readonly timescale: number
  /** Duration of the longest track in ticks of the movie; 0 if the file does not state it. */
  readonly durationTicks: number
  readonly tracks: readonly Track[]
  /** The `mvex` box, if the movie continues in fragments. */
  readonly extension: { readonly window: Window, readonly box: Box } | undefined
}

/** A child of `moov`, and bytes that contain it, or of a track at least its beginning. */
export interface MoviePart {
  readonly box: Box
  readonly window: Window
}

const UNIT_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

/**
 * Reads a movie from the children of its `moov`.
 *
 * @throws PosterframeError `video_limits_exceeded` for a compressed movie that is too large for the decoder to expand
 * @throws RangedExtractionError if it has no header, is compressed, has a matrix that applies to all tracks, or has a
 * malformed track
 */
export function readMovie (parts: readonly MoviePart[]): Movie {
  const compressed = parts.find(({ box }) => box.type === 'cmov')
  if (compressed !== undefined) throw compressedMovieError(readBody(compressed.window, compressed.box))
  const [header, secondHeader] = parts.filter(({ box }) => box.type === 'mvhd')
  if (header === undefined) throw new RangedExtractionError('the movie has no header')
  if (secondHeader !== undefined) throw new RangedExtractionError('the movie has two headers')
  const extension = parts.find(({ box }) => box.type === 'mvex')
  return {
    ...readHeader(readBody(header.window, header.box, 100)),
    tracks: parts.filter(({ box }) => box.type === 'trak').map(({ box, window }) => readTrack(window, box)),
    extension
  }
}

function readHeader (body: Buffer): Pick<Movie, 'timescale' | 'durationTicks'> {
  const isLong = body.readUInt8(0) === 1
  if (isLong && body.length < 112) throw new RangedExtractionError('the box mvhd is truncated')
  const matrix = readMatrix(body, isLong ? 48 : 36)
  if (!matrix.every((value, index) => value === UNIT_MATRIX[index])) {
    throw new RangedExtractionError('the movie has a matrix that applies to all tracks')
  }
  return { timescale: body.readUInt32BE(isLong ? 20 : 12), durationTicks: readDuration(body, isLong ? 24 : 16, isLong) }
}

/** Largest `moov` box, in bytes: the tables of 16 hours at 60 frames a second. */
export const MAX_MOVIE_BYTES = 96 * 1024 * 1024
/** Offset of the size in the body of a `cmov`: after a `dcom` of 12 bytes and the header of its `cmvd`. */
const EXPANDED_SIZE_AT = 20

/** The decoder allocates the size that a compressed movie declares, and expands no more than that. */
function compressedMovieError (body: Buffer): Error {
  const size = body.length < EXPANDED_SIZE_AT + 4 ? 0 : body.readUInt32BE(EXPANDED_SIZE_AT)
  if (size <= MAX_MOVIE_BYTES) return new RangedExtractionError('the movie box is compressed')
  const [declared, allowed] = [size, MAX_MOVIE_BYTES].map((bytes) => bytes.toLocaleString('en'))
  return new PosterframeError('video_limits_exceeded', {
    detail:
      `The compressed movie box of the file has ${declared} bytes, and the limit is ${allowed}. ` +
      'Write the file without a compressed movie box, or split it into shorter videos.'
  })
}
