import type { Seek } from '../../thumbnails/options.ts'
import { isTrueKeyFrame } from '../clip/key-frame.ts'
import { averageRate, type TrackSummary } from '../index-summary.ts'
import { NotPlainError, type ByteReader, type ClipPacket, type Moment, type PacketRun, type TrackFacts, type VideoIndex } from '../video-index.ts'
import { checkPlaces, readSamples } from './read-samples.ts'
import { readSpans } from './read-spans.ts'
import type { SampleTable } from './sample-table.ts'
import type { ShownFrames } from './shown-frames.ts'

/** What the index of a file with sample tables consists of. */
export interface SampleRunParts {
  readonly facts: TrackFacts
  readonly table: SampleTable
  readonly frames: ShownFrames
  /** Ticks from the media's clock to the presentation's. */
  readonly shift: number
  /** Of the whole movie. */
  readonly tracks: readonly TrackSummary[]
}

/** The samples of a run, by their numbers. */
interface SampleStretch {
  readonly first: number
  readonly target: number
  readonly packets: readonly Buffer[]
  /** Whether what the container calls sync was found to be a key frame. */
  readonly isTrusted: boolean
}

const TOLERANCE_MICROS = 1
/** What objects take besides the tables, about. */
const BASE_BYTES = 4096

/** The index over sample tables: says which samples lead to a frame, and reads them. */
export function createSampleRuns ({ facts, table, frames, shift, tracks }: SampleRunParts): VideoIndex {
  const stretches = new WeakMap<PacketRun, SampleStretch>()

  /** The last tick of the media that is presented by a moment. */
  function toMediaTicks (atMicros: number): number {
    const ticks = BigInt(atMicros + TOLERANCE_MICROS) * BigInt(facts.timescale) / 1_000_000n
    return Number(ticks) - shift
  }

  function findTarget (atMicros: number, seek: Seek): number {
    const limit = toMediaTicks(atMicros)
    return (seek === 'keyframe' ? frames.findSyncAt(limit) : undefined) ?? frames.findAt(limit)
  }

  function makePacket (sample: number, data: Buffer, isKey: boolean): ClipPacket {
    return { pts: table.ptsOf(sample) + shift, isKey, data }
  }

  function isSync (sample: number): boolean {
    return table.sync.sampleAt(Math.max(0, table.sync.findRank(sample))) === sample
  }

  /**
   * The samples from where decoding begins to the target. A sample that the container calls sync and the codec does not is
   * no beginning: then the one before is tried, once.
   */
  async function readTo (source: ByteReader, target: number): Promise<SampleStretch> {
    const first = frames.findStart(target)
    const packets = await readSamples(source, table.locate(first, target))
    const stretch = { first, target, packets, isTrusted: true }
    return isTrueKeyFrame(facts, packets[0]!) ? stretch : await readBefore(source, { ...stretch, isTrusted: false })
  }

  /** The same samples and those before them, from the sync sample before. */
  async function readBefore (source: ByteReader, { first, target, packets, isTrusted }: SampleStretch): Promise<SampleStretch> {
    const earlier = frames.findStartBefore(first, table.ptsOf(target))
    checkPlaces(source, table.locate(earlier, target))
    const before = await readSamples(source, table.locate(earlier, first - 1))
    if (!isTrueKeyFrame(facts, before[0]!)) throw new NotPlainError('the sync samples are no key frames')
    return { first: earlier, target, packets: [...before, ...packets], isTrusted }
  }

  function makeRun (stretch: SampleStretch): PacketRun {
    const { first, target, packets, isTrusted } = stretch
    const run = {
      packets: packets.map((data, place) => makePacket(first + place, data, place === 0 || (isTrusted && isSync(first + place)))),
      targetPts: table.ptsOf(target) + shift,
      isKey: isSync(target) && (isTrusted || first === target)
    }
    stretches.set(run, stretch)
    return run
  }

  return {
    facts,
    summary: {
      frameRate: averageRate(table.samples, table.times.totalTicks, facts.timescale).perSecond,
      keyFrameInterval: averageRate(table.sync.length, table.times.totalTicks, facts.timescale).apart,
      tracks
    },
    get memoryBytes () { return BASE_BYTES + facts.codecConfig.length + table.memoryBytes },

    async readRun (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRun> {
      const stretch = await readTo(source, findTarget(atMicros, seek))
      if (seek === 'keyframe' && !stretch.isTrusted) throw new NotPlainError('the sync sample is no key frame')
      return makeRun(stretch)
    },

    async readRuns (source: ByteReader, moments: readonly Moment[]): Promise<PacketRun[]> {
      const spans = moments.map(({ atMicros, seek }) => {
        const target = findTarget(atMicros, seek)
        return { first: frames.findStart(target), target }
      })
      const packets = await readSpans(source, table, spans)
      if (!packets.every(([first]) => isTrueKeyFrame(facts, first!))) throw new NotPlainError('a sync sample is no key frame')
      return spans.map((span, place) => makeRun({ ...span, packets: packets[place]!, isTrusted: true }))
    },

    async readEarlier (source: ByteReader, run: PacketRun): Promise<PacketRun> {
      const stretch = stretches.get(run)
      if (stretch === undefined) throw new NotPlainError('nobody knows what comes before the run')
      return makeRun(await readBefore(source, stretch))
    },

    async readKeyFrames (source: ByteReader, count: number): Promise<PacketRun[]> {
      const samples = spreadRanks(frames.shownSync, count).map((rank) => table.sync.sampleAt(rank))
      const packets = await readSamples(source, samples.flatMap((sample) => table.locate(sample, sample)))
      if (packets.length === 0 || !packets.every((data) => isTrueKeyFrame(facts, data))) throw new NotPlainError('the sync samples are no key frames')
      return packets.map((data, place) => makeRun({ first: samples[place]!, target: samples[place]!, packets: [data], isTrusted: true }))
    }
  }
}

/** One rank from the middle of each of `count` equal parts from the first to the last; all where there are no more. */
function spreadRanks ([first, last]: readonly number[], count: number): number[] {
  if (first === undefined || last === undefined) return []
  const ranks = last - first + 1
  if (ranks <= count) return Array.from({ length: ranks }, (_, place) => first + place)
  return Array.from({ length: count }, (_, part) => first + Math.floor((part + 0.5) * ranks / count))
}
