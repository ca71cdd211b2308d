import { type Box, type Window, readBody } from './box.ts'
import { type Track, readDuration, readMatrix, readTrack } from './track.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** A `moov` box, read (ISO/IEC 14496-12, section 8.2). */
export interface Movie {
  /** Ticks per second of the movie's own clock, which edit durations are in. */
  readonly timescale: number
  /** Length of the longest track in ticks of the movie; 0 where nobody wrote it. */
  readonly durationTicks: number
  readonly tracks: readonly Track[]
  /** `mvex`: the movie goes on in fragments. */
  readonly extension: { readonly window: Window, readonly box: Box } | undefined
}

/** A child of `moov`, and bytes that hold it, or of a track at least its beginning. */
export interface MoviePart {
  readonly box: Box
  readonly window: Window
}

const UNIT_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

/**
 * Reads what a movie consists of.
 *
 * @throws RangedExtractionError where there is no header, a compressed movie, a matrix over all tracks, or a damaged
 * track
 */
export function readMovie (parts: readonly MoviePart[]): Movie {
  if (parts.some(({ box }) => box.type === 'cmov')) throw new RangedExtractionError('the movie is compressed')
  const [header, secondHeader] = parts.filter(({ box }) => box.type === 'mvhd')
  if (header === undefined || secondHeader !== undefined) {
    throw new RangedExtractionError('the movie has no header, or two')
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
    throw new RangedExtractionError('the movie has a matrix over all tracks')
  }
  return { timescale: body.readUInt32BE(isLong ? 20 : 12), durationTicks: readDuration(body, isLong ? 24 : 16, isLong) }
}
