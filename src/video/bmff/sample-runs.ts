import type { Seek } from '../../thumbnails/options.ts'
import { isTrueKeyFrame } from '../clip/key-frame.ts'
import { NotPlainError, type ByteReader, type ClipPacket, type PacketRun, type TrackFacts, type VideoIndex } from '../video-index.ts'
import { checkPlaces, readSamples } from './read-samples.ts'
import type { SampleTable } from './sample-table.ts'
import type { ShownFrames } from './shown-frames.ts'

/** What the index of a file with sample tables consists of. */
export interface SampleRunParts {
  readonly facts: TrackFacts
  readonly table: SampleTable
  readonly frames: ShownFrames
  /** Ticks from the media's clock to the presentation's. */
  readonly shift: number
}

const TOLERANCE_MICROS = 1
/** What objects take besides the tables, about. */
const BASE_BYTES = 4096

/** The index over sample tables: says which samples lead to a frame, and reads them. */
export function createSampleRuns ({ facts, table, frames, shift }: SampleRunParts): VideoIndex {
  /** The last tick of the media that is presented by a moment. */
  function toMediaTicks (atMicros: number): number {
    const ticks = BigInt(atMicros + TOLERANCE_MICROS) * BigInt(facts.timescale) / 1_000_000n
    return Number(ticks) - shift
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
  async function readTo (source: ByteReader, target: number): Promise<{ first: number, packets: Buffer[], isTrusted: boolean }> {
    const claimed = frames.findStart(target)
    const packets = await readSamples(source, table.locate(claimed, target))
    if (isTrueKeyFrame(facts, packets[0]!)) return { first: claimed, packets, isTrusted: true }
    const earlier = frames.findStartBefore(claimed, table.ptsOf(target))
    checkPlaces(source, table.locate(earlier, target))
    const before = await readSamples(source, table.locate(earlier, claimed - 1))
    if (!isTrueKeyFrame(facts, before[0]!)) throw new NotPlainError('the sync samples are no key frames')
    return { first: earlier, packets: [...before, ...packets], isTrusted: false }
  }

  return {
    facts,
    get memoryBytes () { return BASE_BYTES + facts.codecConfig.length + table.memoryBytes },

    async readRun (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRun> {
      const limit = toMediaTicks(atMicros)
      const target = (seek === 'keyframe' ? frames.findSyncAt(limit) : undefined) ?? frames.findAt(limit)
      const { first, packets, isTrusted } = await readTo(source, target)
      if (seek === 'keyframe' && !isTrusted) throw new NotPlainError('the sync sample is no key frame')
      return {
        packets: packets.map((data, place) => makePacket(first + place, data, place === 0 || (isTrusted && isSync(first + place)))),
        targetPts: table.ptsOf(target) + shift,
        isKey: isSync(target) && (isTrusted || first === target)
      }
    },

    async readKeyFrames (source: ByteReader, count: number): Promise<PacketRun[]> {
      const samples = spreadRanks(frames.shownSync, count).map((rank) => table.sync.sampleAt(rank))
      const packets = await readSamples(source, samples.flatMap((sample) => table.locate(sample, sample)))
      if (packets.length === 0 || !packets.every((data) => isTrueKeyFrame(facts, data))) throw new NotPlainError('the sync samples are no key frames')
      return packets.map((data, place) => {
        const packet = makePacket(samples[place]!, data, true)
        return { packets: [packet], targetPts: packet.pts, isKey: true }
      })
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
