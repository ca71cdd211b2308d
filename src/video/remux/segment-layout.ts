import { makeBox, makeFullBox, makeInt32s, makeUint16s, makeUint32s } from './mp4-boxes.ts'
import { makeSampleEntry } from './sample-entry.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { PacketRange, TrackInfo } from '../media/track.ts'

/** A remuxed segment before it is written: the header, then the buffers of the packets, which are not copied. */
export interface SegmentLayout {
  readonly parts: readonly Buffer[]
  /** In bytes. */
  readonly size: number
  /** Presentation time of the target in the segment. */
  readonly targetPts: number
  /** Presentation times in the segment by those in the packet range. */
  readonly segmentTimes: ReadonlyMap<number, number>
}

/**
 * Ticks per second of the segment's own clock. Its times state an order, so that they fit 32 bits whatever the clock of
 * the source is; no filter in use depends on the distance between frames.
 */
const TIMESCALE = 25

/** Sizes and the chunk offset are 32-bit numbers; a segment is far smaller in any case. */
const MAX_SEGMENT_BYTES = 2 ** 31
const MAX_PACKETS = 100_000

/**
 * Lays out a file of `ftyp`, `moov` and `mdat` with one video track of one chunk and no edit list. The presentation
 * times are 1 for the frame shown first, 2 for the next one, and so on, equal for packets with equal times. All decode
 * times are 0: ffmpeg replaces presentation times that go back in the order of output by decode times, unless these do
 * not advance either.
 *
 * @param range a packet range, or several joined in one
 * @throws RangedExtractionError if the range does not begin with a key frame and end with its target, and if the info
 * does not fit an MP4
 */
export function layOutSegment (info: TrackInfo, range: PacketRange): SegmentLayout {
  assertRange(range)
  const entry = makeSampleEntry(info)
  const segmentTimes = rankTimes(range)
  const mediaBytes = range.packets.reduce((total, { data }) => total + data.length, 0)
  if (mediaBytes > MAX_SEGMENT_BYTES) throw new RangedExtractionError('the packet range is too large for a segment')

  const type = makeBox('ftyp', Buffer.from('isom\x00\x00\x02\x00isomiso2mp41', 'latin1'))
  const headerBytes =
    type.length + makeMovie(info, makeSampleTable(entry, range, segmentTimes, 0), range.packets.length).length + 8
  const movie = makeMovie(info, makeSampleTable(entry, range, segmentTimes, headerBytes), range.packets.length)
  const header = Buffer.concat([type, movie, makeUint32s(8 + mediaBytes), Buffer.from('mdat', 'latin1')])
  return {
    parts: [header, ...range.packets.map(({ data }) => data)],
    size: header.length + mediaBytes,
    targetPts: segmentTimes.get(range.targetPts) ?? NaN,
    segmentTimes
  }
}

function assertRange ({ packets, targetPts }: PacketRange): void {
  if (packets.at(0)?.isKey !== true) throw new RangedExtractionError('the packet range does not begin with a key frame')
  const isOfKeyFrames = packets.every(({ isKey }) => isKey)
  if (packets.at(-1)?.pts !== targetPts && !isOfKeyFrames) {
    throw new RangedExtractionError('the packet range does not end with its target')
  }
  if (packets.length > MAX_PACKETS) throw new RangedExtractionError('the packet range has too many packets')
  if (!packets.every(({ pts, data }) => Number.isSafeInteger(pts) && data.length > 0)) {
    throw new RangedExtractionError('a packet is empty or has no presentation time')
  }
  if (!packets.some(({ pts }) => pts === targetPts)) {
    throw new RangedExtractionError('the packet range does not include its target')
  }
}

function rankTimes ({ packets }: PacketRange): Map<number, number> {
  const times = [...new Set(packets.map(({ pts }) => pts))].sort((one, other) => one - other)
  return new Map(times.map((pts, rank) => [pts, 1 + rank]))
}

const UNIT_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

/** Returns the `moov` (ISO/IEC 14496-12, section 8.2.1). */
function makeMovie (info: TrackInfo, sampleTable: Buffer, duration: number): Buffer {
  return makeBox(
    'moov',
    makeFullBox(
      'mvhd',
      0,
      makeUint32s(0, 0, TIMESCALE, duration, 0x10000),
      makeUint16s(0x0100, 0),
      Buffer.alloc(8),
      makeInt32s(...UNIT_MATRIX),
      Buffer.alloc(24),
      makeUint32s(2)
    ),
    makeBox(
      'trak',
      makeTrackHeader(info, duration),
      makeBox(
        'mdia',
        makeFullBox('mdhd', 0, makeUint32s(0, 0, TIMESCALE, duration), makeUint16s(UNDETERMINED_LANGUAGE, 0)),
        makeFullBox('hdlr', 0, makeUint32s(0), Buffer.from('vide', 'latin1'), Buffer.alloc(13)),
        makeBox(
          'minf',
          makeFullBox('vmhd', 1, Buffer.alloc(8)),
          makeBox('dinf', makeFullBox('dref', 0, makeUint32s(1), makeFullBox('url ', SELF_CONTAINED))),
          sampleTable
        )
      )
    )
  )
}

/** `und` (section 8.4.2). */
const UNDETERMINED_LANGUAGE = 0x55c4
const SELF_CONTAINED = 1
const ENABLED_AND_IN_MOVIE = 3

/**
 * Returns the `tkhd` (section 8.3.2). It rotates the picture as the source does; a size other than the coded one would
 * change the pixel aspect.
 */
function makeTrackHeader ({ matrix, width, height }: TrackInfo, duration: number): Buffer {
  if (matrix.length !== 9 || !matrix.every((value) => value === (value | 0))) {
    throw new RangedExtractionError('the display matrix does not fit 32 bits')
  }
  return makeFullBox(
    'tkhd',
    ENABLED_AND_IN_MOVIE,
    makeUint32s(0, 0, 1, 0, duration),
    Buffer.alloc(16),
    makeInt32s(...matrix),
    makeUint32s(width * 0x10000, height * 0x10000)
  )
}

/** Returns the `stbl` (sections 8.5 to 8.7). */
function makeSampleTable (
  entry: Buffer,
  { packets }: PacketRange,
  segmentTimes: ReadonlyMap<number, number>,
  chunkOffset: number
): Buffer {
  const count = packets.length
  const offsets = packets.flatMap(({ pts }) => [1, segmentTimes.get(pts) ?? NaN])
  const keys = packets.flatMap(({ isKey }, index) => (isKey ? [index + 1] : []))
  return makeBox(
    'stbl',
    makeFullBox('stsd', 0, makeUint32s(1), entry),
    makeFullBox('stts', 0, makeUint32s(1, count, 0)),
    makeFullBox('ctts', 0, makeUint32s(count, ...offsets)),
    makeFullBox('stss', 0, makeUint32s(keys.length, ...keys)),
    makeFullBox('stsc', 0, makeUint32s(1, 1, count, 1)),
    makeFullBox('stsz', 0, makeUint32s(0, count, ...packets.map(({ data }) => data.length))),
    makeFullBox('stco', 0, makeUint32s(1, chunkOffset))
  )
}
