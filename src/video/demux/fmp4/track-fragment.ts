import { PosterframeError } from '../../../errors.ts'
import { type Box, type Window, iterateBoxes } from '../mp4/box.ts'
import type { FragmentContext } from './fragment.ts'
import type { TrackDefaults } from './track-defaults.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const BASE_DATA_OFFSET = 0x1
const DESCRIPTION_INDEX = 0x2
const DEFAULT_DURATION = 0x8
const DEFAULT_SIZE = 0x10
const DEFAULT_FLAGS = 0x20
const DURATION_IS_EMPTY = 0x010000
const BASE_IS_MOOF = 0x020000

/** A `traf` box (ISO/IEC 14496-12, section 8.8.6), without its samples. */
export interface TrackFragment {
  readonly trackId: number
  readonly defaults: TrackDefaults
  /** Base of its data offsets; undefined: the end of the data of the track fragment before it. */
  readonly baseOffset: number | undefined
  /** Decode time of the first sample, in ticks; undefined if the box has none. */
  readonly startTicks: number | undefined
  readonly isEmpty: boolean
  readonly runs: readonly Box[]
}

/** Boxes of encrypted samples (ISO/IEC 23001-7, section 7); the UUID is that of its predecessor PIFF. */
const ENCRYPTION_BOXES = new Set(['senc', 'saiz', 'saio'])
const PIFF_ENCRYPTION = 'a2394f525a9b4f14a2446c427c648df4'
const MAX_RUNS = 100_000

/**
 * Reads the header boxes of a `traf`.
 *
 * @param moofStart offset of its `moof`
 * @throws PosterframeError `encrypted_video`
 * @throws RangedExtractionError for an undeclared track, another sample description, and damage
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
  for (const box of iterateBoxes(window, traf.bodyStart, traf.end, MAX_RUNS)) {
    if (box.type === 'tfhd') {
      if (header !== undefined) throw new RangedExtractionError('a track fragment has two headers')
      header = readHeader(window, box, moofStart, context.defaults)
    }
    if (box.type === 'tfdt') startTicks = readDecodeTime(window, box)
    if (box.type === 'trun') runs.push(box)
    if (isOfEncryption(window, box) && header?.trackId === context.wantedTrackId) {
      throw new PosterframeError('encrypted_video')
    }
  }
  if (header === undefined) throw new RangedExtractionError('a track fragment has no header')
  if (header.isEmpty && runs.length > 0) throw new RangedExtractionError('a track fragment is empty and has samples')
  return { ...header, startTicks, runs }
}

function readHeader (
  { offset, data }: Window,
  box: Box,
  moofStart: number,
  movieDefaults: FragmentContext['defaults']
) {
  let at = box.bodyStart - offset
  const take = (bytes: 4 | 8): number => {
    if (at + bytes > box.end - offset) throw new RangedExtractionError('a tfhd box is cut short')
    at += bytes
    return bytes === 4 ? data.readUInt32BE(at - 4) : Number(data.readBigUInt64BE(at - 8))
  }
  const flags = take(4) & 0xffffff
  const trackId = take(4)
  const movie = movieDefaults.get(trackId)
  if (movie === undefined) throw new RangedExtractionError('a fragment is of a track that the movie does not declare')
  const explicitOffset = (flags & BASE_DATA_OFFSET) !== 0 ? take(8) : undefined
  const defaults = {
    descriptionIndex: (flags & DESCRIPTION_INDEX) !== 0 ? take(4) : movie.descriptionIndex,
    durationTicks: (flags & DEFAULT_DURATION) !== 0 ? take(4) : movie.durationTicks,
    sampleBytes: (flags & DEFAULT_SIZE) !== 0 ? take(4) : movie.sampleBytes,
    flags: (flags & DEFAULT_FLAGS) !== 0 ? take(4) : movie.flags
  }
  const baseOffset = explicitOffset ?? ((flags & BASE_IS_MOOF) !== 0 ? moofStart : undefined)
  return { trackId, defaults, baseOffset, isEmpty: (flags & DURATION_IS_EMPTY) !== 0 }
}

function readDecodeTime ({ offset, data }: Window, box: Box): number {
  const at = box.bodyStart - offset
  const isLong = box.end - box.bodyStart >= 4 && data.readUInt8(at) === 1
  if (box.end - box.bodyStart < (isLong ? 12 : 8)) throw new RangedExtractionError('a tfdt box is cut short')
  const ticks = isLong ? Number(data.readBigUInt64BE(at + 4)) : data.readUInt32BE(at + 4)
  if (ticks > Number.MAX_SAFE_INTEGER / 2) {
    throw new RangedExtractionError('the decode time of a fragment is out of range')
  }
  return ticks
}

function isOfEncryption ({ offset, data }: Window, { type, bodyStart, end }: Box): boolean {
  if (ENCRYPTION_BOXES.has(type)) return true
  return (
    type === 'uuid' &&
    end - bodyStart >= 16 &&
    data.toString('hex', bodyStart - offset, bodyStart - offset + 16) === PIFF_ENCRYPTION
  )
}
