import { PosterframeError } from '../../../errors.ts'
import { type Box, type Window, iterateBoxes } from '../mp4/box.ts'
import type { FragmentContext } from './fragment.ts'
import { FullBoxReader } from './full-box-reader.ts'
import type { TrackDefaults } from './track-defaults.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const BASE_DATA_OFFSET = 0x1
const DESCRIPTION_INDEX = 0x2
const DEFAULT_DURATION = 0x8
const DEFAULT_SIZE = 0x10
const DEFAULT_FLAGS = 0x20
const DURATION_IS_EMPTY = 0x010000
const BASE_IS_MOOF = 0x020000

/** A `traf` box (ISO/IEC 14496-12, section 8.8.6) without its samples. */
export interface TrackFragment {
  readonly trackId: number
  readonly defaults: TrackDefaults
  /** Base of its data offsets; if undefined, the end of the data of the previous track fragment. */
  readonly baseOffset: number | undefined
  /** Decode time of the first sample, in ticks; undefined if the file does not state it. */
  readonly startTicks: number | undefined
  readonly isEmpty: boolean
  readonly runs: readonly Box[]
}

/** Boxes that only encrypted samples need (ISO/IEC 23001-7, section 7). */
const ENCRYPTION_BOXES = new Set(['senc', 'saiz', 'saio'])
/** The UUID of the same box in PIFF, the predecessor of that standard. */
const PIFF_ENCRYPTION = 'a2394f525a9b4f14a2446c427c648df4'
const MAX_BOXES = 100_000

/**
 * Reads the header boxes of a `traf`.
 *
 * @param moofStart offset of its `moof`
 * @throws PosterframeError `encrypted_video`
 * @throws RangedExtractionError for a track that the movie does not declare, and for malformed boxes
 */
export function readTrackFragment (
  window: Window,
  traf: Box,
  moofStart: number,
  context: FragmentContext
): TrackFragment {
  let header: Omit<TrackFragment, 'startTicks' | 'runs'> | undefined
  let startTicks: number | undefined
  const runs: Box[] = []
  for (const box of iterateBoxes(window, traf.bodyStart, traf.end, MAX_BOXES)) {
    if (box.type === 'tfhd') {
      if (header !== undefined) throw new RangedExtractionError('a track fragment has two headers')
      header = readHeader(window, box, moofStart, context.defaults)
    }
    if (box.type === 'tfdt') startTicks = readDecodeTime(window, box)
    if (box.type === 'trun') runs.push(box)
    if (isEncryptionBox(window, box) && header?.trackId === context.wantedTrackId) {
      throw new PosterframeError('encrypted_video')
    }
  }
  if (header === undefined) throw new RangedExtractionError('a track fragment has no header')
  if (header.isEmpty && runs.length > 0) throw new RangedExtractionError('a track fragment is empty and has samples')
  return { ...header, startTicks, runs }
}

function readHeader (window: Window, box: Box, moofStart: number, movieDefaults: FragmentContext['defaults']) {
  const reader = new FullBoxReader(window, box)
  const trackId = reader.readUint32()
  const movie = movieDefaults.get(trackId)
  if (movie === undefined) {
    throw new RangedExtractionError('a fragment belongs to a track that the movie does not declare')
  }
  const explicitOffset = reader.readOptionalUint64(BASE_DATA_OFFSET)
  const defaults = {
    descriptionIndex: reader.readOptionalUint32(DESCRIPTION_INDEX) ?? movie.descriptionIndex,
    durationTicks: reader.readOptionalUint32(DEFAULT_DURATION) ?? movie.durationTicks,
    sampleBytes: reader.readOptionalUint32(DEFAULT_SIZE) ?? movie.sampleBytes,
    flags: reader.readOptionalUint32(DEFAULT_FLAGS) ?? movie.flags
  }
  const baseOffset = explicitOffset ?? (reader.has(BASE_IS_MOOF) ? moofStart : undefined)
  return { trackId, defaults, baseOffset, isEmpty: reader.has(DURATION_IS_EMPTY) }
}

function readDecodeTime (window: Window, box: Box): number {
  const reader = new FullBoxReader(window, box)
  const ticks = reader.version === 1 ? reader.readUint64() : reader.readUint32()
  if (ticks > Number.MAX_SAFE_INTEGER / 2) {
    throw new RangedExtractionError('the start time of a fragment is out of range')
  }
  return ticks
}

function isEncryptionBox ({ offset, data }: Window, { type, bodyStart, end }: Box): boolean {
  if (ENCRYPTION_BOXES.has(type)) return true
  return (
    type === 'uuid' &&
    end - bodyStart >= 16 &&
    data.toString('hex', bodyStart - offset, bodyStart - offset + 16) === PIFF_ENCRYPTION
  )
}
