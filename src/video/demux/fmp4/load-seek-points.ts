import { MAX_HEADER_BYTES, readBox } from '../mp4/box.ts'
import type { PlacedTrack } from './fragmented-movie.ts'
import type { SeekPoint, SeekPoints } from './seek-points.ts'
import { findRandomAccessIndex, readRandomAccessIndex } from './random-access-index.ts'
import { type SegmentIndex, readSegmentIndex } from './segment-index.ts'
import type { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const KIB = 1024
const HEAD_BYTES = 64 * KIB
const TAIL_BYTES = 64 * KIB
/** A file with so little behind its moov is read whole. */
const SMALL_FILE_BYTES = 512 * KIB
const MAX_INDEX_BYTES = 8192 * KIB
const MAX_BOXES = 1000

/** What stands before the first fragment. */
export interface Front {
  readonly firstOffset: number
  readonly segmentIndexes: readonly SegmentIndex[]
}

/**
 * Walks from the end of moov to the first fragment and reads the segment indexes on the way.
 *
 * @throws RangedExtractionError where there is no fragment
 */
export async function readFront (reader: WindowReader, moovEnd: number): Promise<Front> {
  const aheadBytes = reader.size - moovEnd <= SMALL_FILE_BYTES ? SMALL_FILE_BYTES : HEAD_BYTES
  const segmentIndexes: SegmentIndex[] = []
  let at = moovEnd
  for (let count = 0; count < MAX_BOXES && at + 8 <= reader.size; count++) {
    const box = readBox(await reader.readWindow(at, at + MAX_HEADER_BYTES, at + aheadBytes), at, reader.size)
    if (box.type === 'moof') return { firstOffset: box.start, segmentIndexes }
    if (box.type === 'sidx') {
      if (box.end - box.start > MAX_INDEX_BYTES) throw new RangedExtractionError('a sidx box is very large')
      segmentIndexes.push(readSegmentIndex(await reader.readWindow(box.start, box.end), box))
    }
    at = box.end
  }
  throw new RangedExtractionError('there are no fragments after the movie box')
}

/**
 * Takes what index boxes say of the wanted track into `landmarks`: the segment indexes at the front where they reach
 * to the end of the file, else the random access index at its end too.
 */
export async function addIndexedSeekPoints (
  reader: WindowReader,
  { firstOffset, segmentIndexes }: Front,
  track: PlacedTrack,
  seekPoints: SeekPoints
): Promise<void> {
  const ofTrack = segmentIndexes.filter(({ trackId }) => trackId === track.id)
  const places = ofTrack.flatMap((index) =>
    index.places.map(({ offset, ticks }) => ({
      offset,
      // Their times are those of the presentation, the edit applied.
      ticks: Math.round((ticks * track.timescale) / index.timescale) + track.offsetTicks
    }))
  )
  const reach = Math.max(0, ...ofTrack.map(({ end }) => end))
  if (reader.size - reach > SMALL_FILE_BYTES) places.push(...(await readTailPlaces(reader, firstOffset, track.id)))
  addInOrder(
    seekPoints,
    places.filter(({ offset }) => offset >= firstOffset && offset < reader.size)
  )
}

async function readTailPlaces (reader: WindowReader, firstOffset: number, trackId: number): Promise<SeekPoint[]> {
  const tail = await reader.readWindow(Math.max(firstOffset, reader.size - TAIL_BYTES), reader.size)
  const start = findRandomAccessIndex(tail)
  if (start === undefined || start < firstOffset || reader.size - start > MAX_INDEX_BYTES) return []
  const window = await reader.readWindow(start, reader.size)
  return readRandomAccessIndex({ offset: start, data: window.data.subarray(start - window.offset) }, start, trackId)
}

/** Several sync samples of one fragment have a row each: the first counts. */
function addInOrder (seekPoints: SeekPoints, places: readonly SeekPoint[]): void {
  let previous = -1
  for (const place of places.toSorted((a, b) => a.offset - b.offset || a.ticks - b.ticks)) {
    if (place.offset > previous) seekPoints.add(place)
    previous = place.offset
  }
}
