import { makeBox, makeFullBox, makeInt32s, makeUint16s, makeUint32s } from './mp4-boxes.ts'
import { makeSampleEntry } from './sample-entry.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { PacketRange, TrackInfo } from '../media/track.ts'

/** A clip before it is written: the header, then the packets' own buffers, not copied. */
export interface SegmentLayout {
  readonly parts: readonly Buffer[]
  readonly size: number
  /** The target's presentation time in the clip. */
  readonly targetPts: number
  /** The presentation time in the clip of each presentation time in the run. */
  readonly segmentTimes: ReadonlyMap<number, number>
}

/**
 * Ticks per second of the clip's own clock. Its times are places in an order, not moments, so that they fit 32 bits
 * whatever the source's clock is; no filter that is used here looks at how far frames lie apart.
 */
const TIMESCALE = 25

/** Sizes and the one chunk's offset are 32-bit numbers; past this a clip is no tiny file in any case. */
const MAX_CLIP_BYTES = 2 ** 31
const MAX_PACKETS = 100_000

/**
 * Plans a file of `ftyp`, `moov` and `mdat` with one video track of one chunk and no edit list. Packet number i of n,
 * in decode order, has the decode time i; the presentation times are n for the frame shown first, n + 1 for the next
 * one, and so on, packets with equal times having equal ones. So no composition offset is negative, and no
 * presentation time is also a decode time, which a decoder might fall back on.
 *
 * @param run one run, or key frames alone that several runs consist of
 * @throws RangedExtractionError where the run does not begin with a key frame and end on its target, and where the
 * facts do not fit
 */
export function layOutSegment (info: TrackInfo, run: PacketRange): SegmentLayout {
  checkRun(run)
  const entry = makeSampleEntry(info)
  const segmentTimes = rankTimes(run)
  const mediaBytes = run.packets.reduce((total, { data }) => total + data.length, 0)
  if (mediaBytes > MAX_CLIP_BYTES) throw new RangedExtractionError('the run is too large for a clip')

  const type = makeBox('ftyp', Buffer.from('isom\x00\x00\x02\x00isomiso2mp41', 'latin1'))
  const headerBytes =
    type.length + makeMovie(info, makeSampleTable(entry, run, segmentTimes, 0), run.packets.length).length + 8
  const movie = makeMovie(info, makeSampleTable(entry, run, segmentTimes, headerBytes), run.packets.length)
  const header = Buffer.concat([type, movie, makeUint32s(8 + mediaBytes), Buffer.from('mdat', 'latin1')])
  return {
    parts: [header, ...run.packets.map(({ data }) => data)],
    size: header.length + mediaBytes,
    targetPts: segmentTimes.get(run.targetPts) ?? NaN,
    segmentTimes
  }
}

function checkRun ({ packets, targetPts }: PacketRange): void {
  if (packets.at(0)?.isKey !== true) throw new RangedExtractionError('the run does not begin with a key frame')
  const isOfKeyFrames = packets.every(({ isKey }) => isKey)
  if (packets.at(-1)?.pts !== targetPts && !isOfKeyFrames) {
    throw new RangedExtractionError('the run does not end on its target')
  }
  if (packets.length > MAX_PACKETS) throw new RangedExtractionError('the run is too long for a clip')
  if (!packets.every(({ pts, data }) => Number.isSafeInteger(pts) && data.length > 0)) {
    throw new RangedExtractionError('a packet is empty or has no presentation time')
  }
  if (!packets.some(({ pts }) => pts === targetPts)) throw new RangedExtractionError('the run is without its target')
}

function rankTimes ({ packets }: PacketRange): Map<number, number> {
  const times = [...new Set(packets.map(({ pts }) => pts))].sort((one, other) => one - other)
  return new Map(times.map((pts, rank) => [pts, packets.length + rank]))
}

const UNIT_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

/** ISO/IEC 14496-12, section 8.2.1. */
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
 * Section 8.3.2. The matrix turns the picture as the source's did; a size other than the coded one would change the
 * pixel aspect.
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

/** Sections 8.5 to 8.7. */
function makeSampleTable (
  entry: Buffer,
  { packets }: PacketRange,
  segmentTimes: ReadonlyMap<number, number>,
  chunkOffset: number
): Buffer {
  const count = packets.length
  const offsets = packets.flatMap(({ pts }, place) => [1, (segmentTimes.get(pts) ?? NaN) - place])
  const keys = packets.flatMap(({ isKey }, place) => (isKey ? [place + 1] : []))
  return makeBox(
    'stbl',
    makeFullBox('stsd', 0, makeUint32s(1), entry),
    makeFullBox('stts', 0, makeUint32s(1, count, 1)),
    makeFullBox('ctts', 0, makeUint32s(count, ...offsets)),
    makeFullBox('stss', 0, makeUint32s(keys.length, ...keys)),
    makeFullBox('stsc', 0, makeUint32s(1, 1, count, 1)),
    makeFullBox('stsz', 0, makeUint32s(0, count, ...packets.map(({ data }) => data.length))),
    makeFullBox('stco', 0, makeUint32s(1, chunkOffset))
  )
}
