import { isTrueKeyFrame } from '../../bitstream/key-frame.ts'
import { averageRate, type TrackSummary } from '../index-summary.ts'
import type { VideoIndex } from '../video-index.ts'
import { checkPlaces, readSamples } from './read-samples.ts'
import { readSampleRanges, type SampleRange } from './read-sample-ranges.ts'
import type { SampleTable } from './sample-table.ts'
import type { ShownFrames } from './shown-frames.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { CodedPacket, Moment, PacketRange, TrackInfo } from '../../media/track.ts'
import { microsToLastTick, spreadIndexes } from '../../media/time.ts'
import type { ByteReader } from '../../source/byte-source.ts'
import type { Seek } from '../../../options/frame-options.ts'

/** What the index of a file with sample tables consists of. */
export interface SampleRangeParts {
  readonly info: TrackInfo
  readonly table: SampleTable
  readonly frames: ShownFrames
  /** Ticks from the media's clock to the presentation's. */
  readonly shift: number
  /** Of the whole movie. */
  readonly tracks: readonly TrackSummary[]
}

/** A sample range with its bytes. */
interface LoadedRange extends SampleRange {
  readonly packets: readonly Buffer[]
  /** False if a sample that the container marks as a sync sample turned out not to be a key frame. */
  readonly isTrusted: boolean
}

/** What objects take besides the tables, about. */
const BASE_BYTES = 4096

/** The index over sample tables: says which samples lead to a frame, and reads them. */
export function createSampleRanges ({ info, table, frames, shift, tracks }: SampleRangeParts): VideoIndex {
  const stretches = new WeakMap<PacketRange, LoadedRange>()

  /** The last tick of the media that is presented by a moment. */
  function toMediaTicks (atMicros: number): number {
    return microsToLastTick(atMicros, info.timescale) - shift
  }

  function findTarget (atMicros: number, seek: Seek): number {
    const limit = toMediaTicks(atMicros)
    return (seek === 'keyframe' ? frames.findSyncAt(limit) : undefined) ?? frames.findAt(limit)
  }

  function makePacket (sample: number, data: Buffer, isKey: boolean): CodedPacket {
    return { pts: table.ptsOf(sample) + shift, isKey, data }
  }

  function isSync (sample: number): boolean {
    return table.sync.sampleAt(Math.max(0, table.sync.findRank(sample))) === sample
  }

  /**
   * The samples from where decoding begins to the target. A sample that the container calls sync and the codec does
   * not is no beginning: then the one before is tried, once.
   */
  async function readTo (source: ByteReader, target: number): Promise<LoadedRange> {
    const first = frames.findStart(target)
    const packets = await readSamples(source, table.locate(first, target))
    const stretch = { first, target, packets, isTrusted: true }
    return isTrueKeyFrame(info, packets[0]!) ? stretch : await readBefore(source, { ...stretch, isTrusted: false })
  }

  /** The same samples and those before them, from the sync sample before. */
  async function readBefore (
    source: ByteReader,
    { first, target, packets, isTrusted }: LoadedRange
  ): Promise<LoadedRange> {
    const earlier = frames.findStartBefore(first, table.ptsOf(target))
    checkPlaces(source, table.locate(earlier, target))
    const before = await readSamples(source, table.locate(earlier, first - 1))
    if (!isTrueKeyFrame(info, before[0]!)) throw new RangedExtractionError('the sync samples are no key frames')
    return { first: earlier, target, packets: [...before, ...packets], isTrusted }
  }

  function makeRun (stretch: LoadedRange): PacketRange {
    const { first, target, packets, isTrusted } = stretch
    const run = {
      packets: packets.map((data, place) =>
        makePacket(first + place, data, place === 0 || (isTrusted && isSync(first + place)))
      ),
      targetPts: table.ptsOf(target) + shift,
      isKey: isSync(target) && (isTrusted || first === target)
    }
    stretches.set(run, stretch)
    return run
  }

  return {
    info,
    summary: {
      frameRate: averageRate(table.samples, table.times.totalTicks, info.timescale).perSecond,
      keyFrameInterval: averageRate(table.sync.length, table.times.totalTicks, info.timescale).apart,
      tracks
    },
    get memoryBytes () {
      return BASE_BYTES + info.codecConfig.length + table.memoryBytes
    },

    async readPacketRange (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRange> {
      const stretch = await readTo(source, findTarget(atMicros, seek))
      if (seek === 'keyframe' && !stretch.isTrusted) throw new RangedExtractionError('the sync sample is no key frame')
      return makeRun(stretch)
    },

    async readPacketRanges (source: ByteReader, moments: readonly Moment[]): Promise<PacketRange[]> {
      const ranges = moments.map(({ atMicros, seek }) => {
        const target = findTarget(atMicros, seek)
        return { first: frames.findStart(target), target }
      })
      const packets = await readSampleRanges(source, table, ranges)
      if (!packets.every(([first]) => isTrueKeyFrame(info, first!))) {
        throw new RangedExtractionError('a sync sample is no key frame')
      }
      return ranges.map((range, place) => makeRun({ ...range, packets: packets[place]!, isTrusted: true }))
    },

    async readEarlier (source: ByteReader, run: PacketRange): Promise<PacketRange> {
      const stretch = stretches.get(run)
      if (stretch === undefined) throw new RangedExtractionError('nobody knows what comes before the run')
      return makeRun(await readBefore(source, stretch))
    },

    async readKeyFrames (source: ByteReader, count: number): Promise<PacketRange[]> {
      const samples = spreadRanks(frames.shownSync, count).map((rank) => table.sync.sampleAt(rank))
      const packets = await readSamples(
        source,
        samples.flatMap((sample) => table.locate(sample, sample))
      )
      if (packets.length === 0 || !packets.every((data) => isTrueKeyFrame(info, data))) {
        throw new RangedExtractionError('the sync samples are no key frames')
      }
      return packets.map((data, place) =>
        makeRun({ first: samples[place]!, target: samples[place]!, packets: [data], isTrusted: true })
      )
    }
  }
}

/** One rank from the middle of each of `count` equal parts from the first to the last; all where there are no more. */
function spreadRanks ([first, last]: readonly number[], count: number): number[] {
  if (first === undefined || last === undefined) return []
  return spreadIndexes(count, last - first + 1).map((index) => first + index)
}
