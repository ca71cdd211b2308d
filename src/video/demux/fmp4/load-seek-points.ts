import { MAX_HEADER_BYTES, readBox } from '../mp4/box.ts'
import type { TrackTiming } from './fragmented-movie.ts'
import type { SeekPoint, SeekPoints } from './seek-points.ts'
import { findRandomAccessIndex, readRandomAccessIndex } from './random-access-index.ts'
import { type SegmentIndex, readSegmentIndex } from './segment-index.ts'
import type { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const KIB = 1024
const HEAD_BYTES = 64 * KIB
const TAIL_BYTES = 64 * KIB
/** If a file has no more than this after its moov, all of it is read. */
const SMALL_FILE_BYTES = 512 * KIB
const MAX_INDEX_BYTES = 8192 * KIB
const MAX_BOXES = 1000

/** The segment indexes between the movie box and the first fragment. */
export interface LeadingIndexes {
  /** Offset of the first fragment. */
  readonly firstOffset: number
  readonly segmentIndexes: readonly SegmentIndex[]
}

/**
 * Reads the boxes from the end of moov to the first fragment, and the segment indexes among them.
 *
 * @throws RangedExtractionError if there is no fragment
 */
export async function readLeadingIndexes (reader: WindowReader, moovEnd: number): Promise<LeadingIndexes> {
  const aheadBytes = reader.size - moovEnd <= SMALL_FILE_BYTES ? SMALL_FILE_BYTES : HEAD_BYTES
  const segmentIndexes: SegmentIndex[] = []
  let at = moovEnd
  for (let count = 0; count < MAX_BOXES && at + 8 <= reader.size; count++) {
    const box = readBox(await reader.readWindow(at, at + MAX_HEADER_BYTES, at + aheadBytes), at, reader.size)
    if (box.type === 'moof') return { firstOffset: box.start, segmentIndexes }
    if (box.type === 'sidx') {
      if (box.end - box.start > MAX_INDEX_BYTES) throw new RangedExtractionError('a sidx box is too large')
      segmentIndexes.push(readSegmentIndex(await reader.readWindow(box.start, box.end), box))
    }
    at = box.end
  }
  throw new RangedExtractionError('there are no fragments after the movie box')
}

/**
 * Adds the entries of index boxes for a track to `seekPoints`: those of the leading segment indexes, and, if these do
 * not reach the end of the file, those of the random access index there.
 */
export async function addIndexedSeekPoints (
  reader: WindowReader,
  { firstOffset, segmentIndexes }: LeadingIndexes,
  track: TrackTiming,
  seekPoints: SeekPoints
): Promise<void> {
  const ofTrack = segmentIndexes.filter(({ trackId }) => trackId === track.id)
  const found = ofTrack.flatMap((index) =>
    index.seekPoints.map(({ offset, ticks }) => ({
      offset,
      // Their times are presentation times, with the edit applied.
      ticks: Math.round((ticks * track.timescale) / index.timescale) + track.offsetTicks
    }))
  )
  const reach = Math.max(0, ...ofTrack.map(({ end }) => end))
  if (reader.size - reach > SMALL_FILE_BYTES) found.push(...(await readTrailingIndex(reader, firstOffset, track.id)))
  addInOrder(
    seekPoints,
    found.filter(({ offset }) => offset >= firstOffset && offset < reader.size)
  )
}

async function readTrailingIndex (reader: WindowReader, firstOffset: number, trackId: number): Promise<SeekPoint[]> {
  const tail = await reader.readWindow(Math.max(firstOffset, reader.size - TAIL_BYTES), reader.size)
  const start = findRandomAccessIndex(tail)
  if (start === undefined || start < firstOffset || reader.size - start > MAX_INDEX_BYTES) return []
  const window = await reader.readWindow(start, reader.size)
  return readRandomAccessIndex({ offset: start, data: window.data.subarray(start - window.offset) }, start, trackId)
}

/** Adds seek points in ascending order. A fragment with several sync samples has one entry each: the first counts. */
function addInOrder (seekPoints: SeekPoints, found: readonly SeekPoint[]): void {
  let previous = -1
  for (const seekPoint of found.toSorted((a, b) => a.offset - b.offset || a.ticks - b.ticks)) {
    if (seekPoint.offset > previous) seekPoints.add(seekPoint)
    previous = seekPoint.offset
  }
}
