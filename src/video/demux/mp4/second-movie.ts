import { MAX_HEADER_BYTES, readBox } from './box.ts'
import type { FoundMovie } from './find-movie.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** Boxes that are walked over after the movie box: media, and what editors append. */
const MAX_BOXES = 4

/**
 * Returns whether another movie follows the one that was found, as in two files that were copied one behind the other.
 * Reads box headers only, none for a file that ends with its movie box or with its media. A movie box that is before
 * the media and larger than the head of the file costs a request, so it is not checked.
 */
export async function hasSecondMovie (source: ByteReader, { moov, head }: FoundMovie): Promise<boolean> {
  if (moov.start < head.length && moov.end + MAX_HEADER_BYTES > head.length && moov.end < source.size) {
    if (head.length < source.size) return false
  }
  try {
    for (let at = moov.end, count = 0; at + 8 <= source.size && count < MAX_BOXES; count++) {
      const end = Math.min(at + MAX_HEADER_BYTES, source.size)
      const data = end <= head.length ? head.subarray(at, end) : await source.read(at, end)
      const { type, end: next } = readBox({ offset: at, data }, at, source.size)
      if (type === 'ftyp' || type === 'moov') return true
      at = next
    }
  } catch (error) {
    if (!(error instanceof RangedExtractionError)) throw error
  }
  return false
}
