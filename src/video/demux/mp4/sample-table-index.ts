import { isTrueKeyFrame } from '../../bitstream/key-frame.ts'
import { averageGap, summarizeRates, type TrackSummary } from '../index-summary.ts'
import type { LocatedFrame, VideoIndex } from '../video-index.ts'
import type { EditedFrames } from './edited-frames.ts'
import { assertReadable, readSamples } from './read-samples.ts'
import { readSampleRanges, type SampleRange } from './read-sample-ranges.ts'
import type { SampleTable } from './sample-table.ts'
import type { ShownFrames } from './shown-frames.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { CodedPacket, Moment, PacketRange, TrackInfo } from '../../media/track.ts'
import { microsToLastTick, spreadIndexes, ticksToMicros } from '../../media/time.ts'
import type { ByteReader } from '../../source/byte-source.ts'
import type { Seek } from '../../../options/frame-options.ts'

/** The parts of the index of a file with sample tables. */
export interface SampleTableIndexParts {
  readonly info: TrackInfo
  readonly table: SampleTable
  readonly frames: ShownFrames
  /** Ticks from the clock of the media to that of the presentation. */
  readonly shift: number
  /** Finds frames by an edit list with several parts, whose packets keep the times of the media; `shift` is 0. */
  readonly edited: EditedFrames | undefined
  /** Duration of a sample with a single field; undefined if each sample has a frame. */
  readonly fieldTicks: number | undefined
  /** All tracks of the movie. */
  readonly tracks: readonly TrackSummary[]
}

/** A sample range with its bytes. */
interface LoadedSamples extends SampleRange {
  readonly packets: readonly Buffer[]
  /** Time at which edits present the target; undefined if its own time says so. */
  readonly presentedPts: number | undefined
  /** False if a sample that the container marks as a sync sample turned out not to be a key frame. */
  readonly isTrusted: boolean
}

/** A sample to decode, and the time at which edits present it; undefined if its own time says so. */
interface Target {
  readonly sample: number
  readonly presentedPts: number | undefined
}

function loadOne ({ sample, presentedPts }: Target, data: Buffer): LoadedSamples {
  return { first: sample, target: sample, packets: [data], presentedPts, isTrusted: true }
}

/** Approximate memory of the index besides the tables. */
const BASE_BYTES = 4096

/** Creates the index over sample tables, which finds the samples that lead to a frame, and reads them. */
export function createSampleTableIndex (parts: SampleTableIndexParts): VideoIndex {
  const { info, table, frames, shift, edited, fieldTicks, tracks } = parts
  const loadedSamples = new WeakMap<PacketRange, LoadedSamples>()

  function findTarget (atMicros: number, seek: Seek): Target {
    const limit = microsToLastTick(atMicros, info.timescale) - shift
    if (edited !== undefined) return edited.findAt(limit, seek)
    const sample = (seek === 'keyframe' ? frames.findSyncAt(limit) : undefined) ?? frames.findAt(limit)
    return { sample, presentedPts: undefined }
  }

  function buildPacket (sample: number, data: Buffer, isKey: boolean): CodedPacket {
    return { pts: table.ptsOf(sample) + shift, isKey, data }
  }

  function spreadSync (count: number): Target[] {
    return spreadRanks(frames.shownSync, count).map((rank) => ({
      sample: table.sync.sampleAt(rank),
      presentedPts: undefined
    }))
  }

  function isSync (sample: number): boolean {
    return table.sync.sampleAt(Math.max(0, table.sync.findRank(sample))) === sample
  }

  /**
   * Reads the samples from the start of decoding to the target. If the first one is a sync sample by the container,
   * but not by its bitstream, decoding starts at the sync sample before it instead; this is tried once.
   */
  async function readTo (source: ByteReader, { sample: target, presentedPts }: Target): Promise<LoadedSamples> {
    const first = frames.findStart(target)
    const packets = await readSamples(source, table.locate(first, target))
    const samples = { first, target, packets, presentedPts, isTrusted: true }
    return isTrueKeyFrame(info, packets[0]!) ? samples : await readBefore(source, { ...samples, isTrusted: false })
  }

  /** Extends loaded samples to the sync sample before them. */
  async function readBefore (
    source: ByteReader,
    { first, target, packets, ...rest }: LoadedSamples
  ): Promise<LoadedSamples> {
    const earlier = frames.findStartBefore(first, table.ptsOf(target))
    assertReadable(source, table.locate(earlier, target))
    const before = await readSamples(source, table.locate(earlier, first - 1))
    if (!isTrueKeyFrame(info, before[0]!)) throw new RangedExtractionError('the sync samples are not key frames')
    return { first: earlier, target, packets: [...before, ...packets], ...rest }
  }

  function buildPacketRange (samples: LoadedSamples): PacketRange {
    const { first, target, packets, presentedPts, isTrusted } = samples
    const range = {
      packets: packets.map((data, index) =>
        buildPacket(first + index, data, index === 0 || (isTrusted && isSync(first + index)))
      ),
      targetPts: table.ptsOf(target) + shift,
      ...(presentedPts === undefined ? {} : { presentedPts }),
      isKey: isSync(target) && (isTrusted || first === target)
    }
    loadedSamples.set(range, samples)
    return range
  }

  return {
    info,
    // Computed only for the description of a video: every sample may have a duration of its own.
    get summary () {
      const { samples, sync, times } = table
      const frameTicks = fieldTicks === undefined ? averageGap(times.listGaps()) : 2 * fieldTicks
      const count = fieldTicks === undefined ? samples : times.totalTicks / frameTicks
      return { ...summarizeRates({ frames: count, keys: sync.length, frameTicks }, info.timescale), tracks }
    },
    get memoryBytes () {
      return BASE_BYTES + info.codecConfig.length + table.memoryBytes + frames.memoryBytes
    },

    async locateFrame (_source: ByteReader, place: number): Promise<LocatedFrame> {
      if (fieldTicks !== undefined) throw new RangedExtractionError('the fields of a frame are two samples')
      if (edited !== undefined) throw new RangedExtractionError('edits present frames more than once, or not at all')
      return locateFrame(frames.times, place, { ticks: shift, timescale: info.timescale })
    },

    async readPacketRange (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRange> {
      const samples = await readTo(source, findTarget(atMicros, seek))
      if (seek === 'keyframe' && !samples.isTrusted) {
        throw new RangedExtractionError('a sync sample is not a key frame')
      }
      return buildPacketRange(samples)
    },

    async readPacketRanges (source: ByteReader, moments: readonly Moment[]): Promise<PacketRange[]> {
      const ranges = moments.map(({ atMicros, seek }) => {
        const { sample: target, presentedPts } = findTarget(atMicros, seek)
        return { first: frames.findStart(target), target, presentedPts }
      })
      const packets = await readSampleRanges(source, table, ranges)
      if (!packets.every(([first]) => isTrueKeyFrame(info, first!))) {
        throw new RangedExtractionError('a sync sample is not a key frame')
      }
      return ranges.map((range, index) => buildPacketRange({ ...range, packets: packets[index]!, isTrusted: true }))
    },

    async readEarlier (source: ByteReader, range: PacketRange): Promise<PacketRange> {
      const samples = loadedSamples.get(range)
      if (samples === undefined) throw new RangedExtractionError('the packet range is not of this index')
      return buildPacketRange(await readBefore(source, samples))
    },

    async readKeyFrames (source: ByteReader, count: number): Promise<PacketRange[]> {
      const targets: readonly Target[] = edited?.spreadSync(count) ?? spreadSync(count)
      const packets = await readSamples(
        source,
        targets.flatMap(({ sample }) => table.locate(sample, sample))
      )
      if (packets.length === 0 || !packets.every((data) => isTrueKeyFrame(info, data))) {
        throw new RangedExtractionError('the sync samples are not key frames')
      }
      return packets.map((data, index) =>
        buildPacketRange(loadOne(targets[index]!, data))
      )
    }
  }
}

/** Finds the frame at a place in a sorted list of times; `ticks` moves these to the clock of the presentation. */
export function locateFrame (
  times: Float64Array,
  place: number,
  { ticks, timescale }: { readonly ticks: number, readonly timescale: number }
): LocatedFrame {
  const time = times[place]
  const timeBase = { numerator: 1, denominator: timescale }
  return {
    frames: times.length,
    atMicros: time === undefined ? undefined : Math.max(0, ticksToMicros(time + ticks, timeBase))
  }
}

/** Spreads up to `count` ranks evenly from the first to the last one. */
function spreadRanks ([first, last]: readonly number[], count: number): number[] {
  if (first === undefined || last === undefined) return []
  return spreadIndexes(count, last - first + 1).map((index) => first + index)
}
