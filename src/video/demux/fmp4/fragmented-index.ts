import { isTrueKeyFrame } from '../../bitstream/key-frame.ts'
import type { IndexSummary } from '../index-summary.ts'
import { scatteredReadLimits } from '../../source/range-coalescing.ts'
import type { LocatedFrame, VideoIndex } from '../video-index.ts'
import { assertReadable, readSamples } from '../mp4/read-samples.ts'
import { locateFrame } from '../mp4/sample-table-index.ts'
import { sortFrameTimes } from '../mp4/shown-frames.ts'
import { choosePacketRange } from './choose-packet-range.ts'
import type { FragmentSample } from './fragment.ts'
import type { FragmentChain } from './fragment-chain.ts'
import type { FragmentedMovie } from './fragmented-movie.ts'
import type { FragmentSearch } from './fragment-search.ts'
import type { SeekPoints } from './seek-points.ts'
import { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { Moment, PacketRange, TrackInfo } from '../../media/track.ts'
import type { ByteReader } from '../../source/byte-source.ts'
import { microsToLastTick, spreadEvenly, spreadIndexes } from '../../media/time.ts'
import type { Seek } from '../../../options/frame-options.ts'

/** Approximate memory of an index besides its fragments and seek points. */
const INDEX_BYTES = 4096

/** The parts of an opened index. */
export interface FragmentedIndexParts {
  readonly info: TrackInfo
  readonly movie: FragmentedMovie
  readonly chain: FragmentChain
  readonly seekPoints: SeekPoints
  readonly search: FragmentSearch
  readonly firstOffset: number
  readonly summary: IndexSummary
  /** True if the fragments are so few that all were walked over. */
  readonly isWhole: boolean
}

/** The lookup that a packet range results from. */
interface Lookup {
  readonly limitTicks: number
  readonly seek: Seek
  /** Number of sync samples by which the range begins earlier than needed. */
  readonly stepsBack: number
}

/** The index of a fragmented movie, which reads fragments as lookups need them. */
export class FragmentedIndex implements VideoIndex {
  readonly info: TrackInfo
  readonly summary: IndexSummary
  readonly #parts: FragmentedIndexParts
  readonly #lookups = new WeakMap<PacketRange, Lookup>()

  constructor (parts: FragmentedIndexParts) {
    this.info = parts.info
    this.summary = parts.summary
    this.#parts = parts
  }

  get memoryBytes (): number {
    const { chain, seekPoints } = this.#parts
    return INDEX_BYTES + this.info.codecConfig.length + chain.memoryBytes + seekPoints.memoryBytes
  }

  async readPacketRange (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRange> {
    const reader = new WindowReader(source)
    const lookup = this.#createLookup(atMicros, seek)
    const range = await this.#readRange(reader, await this.#findSamples(reader, lookup))
    this.#lookups.set(range, lookup)
    return range
  }

  async readPacketRanges (source: ByteReader, moments: readonly Moment[]): Promise<PacketRange[]> {
    const reader = new WindowReader(source)
    const lookups = moments.map(({ atMicros, seek }) => this.#createLookup(atMicros, seek))
    const found: Array<readonly FragmentSample[]> = []
    // One after the other: each search uses the seek points that those before it have added.
    for (const lookup of lookups) found.push(await this.#findSamples(reader, lookup))
    const samples = [...new Map(found.flat().map((sample) => [sample.start, sample])).values()]
    const data = await readSamples(reader, samples, scatteredReadLimits(moments.length))
    const dataByStart = new Map(samples.map(({ start }, index) => [start, data[index]!]))
    return found.map((samples, index) => {
      const range = this.#buildRange(
        samples,
        samples.map(({ start }) => dataByStart.get(start)!)
      )
      this.#lookups.set(range, lookups[index]!)
      return range
    })
  }

  async readEarlier (source: ByteReader, range: PacketRange): Promise<PacketRange> {
    const reader = new WindowReader(source)
    const previous = this.#lookups.get(range)
    if (previous === undefined) throw new RangedExtractionError('the packet range is not of this index')
    const lookup = { ...previous, stepsBack: previous.stepsBack + 1 }
    const samples = await this.#findSamples(reader, lookup)
    assertReadable(reader, samples)
    const before = await this.#readRange(reader, samples.slice(0, samples.length - range.packets.length))
    const earlier = { ...range, packets: [...before.packets, ...range.packets] }
    this.#lookups.set(earlier, lookup)
    return earlier
  }

  async readKeyFrames (source: ByteReader, count: number): Promise<PacketRange[]> {
    const reader = new WindowReader(source)
    if (this.#parts.isWhole) return await this.#readKnownKeyFrames(reader, count)
    const ranges = new Map<number, PacketRange>()
    for (const atMicros of spreadEvenly(count, this.info.durationMicros ?? 0)) {
      const samples = await this.#findSamples(reader, this.#createLookup(Math.floor(atMicros), 'keyframe'))
      const { pts } = samples.at(-1)!
      if (!ranges.has(pts)) ranges.set(pts, await this.#readRange(reader, samples))
    }
    return [...ranges.values()]
  }

  async locateFrame (source: ByteReader, place: number): Promise<LocatedFrame> {
    const { isWhole, search, firstOffset, movie } = this.#parts
    if (!isWhole) throw new RangedExtractionError('there are too many fragments to count their frames')
    const samples: FragmentSample[] = []
    for await (const fragment of search.walk(new WindowReader(source), firstOffset)) {
      for (const sample of fragment.samples) samples.push(sample)
    }
    if (samples.some(({ size }) => size === 0)) throw new RangedExtractionError('a sample has no data')
    const { offsetTicks, timescale } = movie.wanted
    const times = sortFrameTimes(Float64Array.from(samples, ({ pts }) => pts))
    if (times.length > 0 && times[0]! < offsetTicks) throw new RangedExtractionError('the edit hides frames')
    return locateFrame(times, place, { ticks: -offsetTicks, timescale })
  }

  /** Spreads key frames as the full download does: one from the middle of each equal part of the list. */
  async #readKnownKeyFrames (reader: WindowReader, count: number): Promise<PacketRange[]> {
    const keys: FragmentSample[] = []
    for await (const { samples } of this.#parts.search.walk(reader, this.#parts.firstOffset)) {
      keys.push(...samples.filter(({ isSync }) => isSync))
    }
    keys.sort((a, b) => a.pts - b.pts)
    const chosen = spreadIndexes(count, keys.length).map((index) => keys[index]!)
    return await Promise.all(chosen.map((key) => this.#readRange(reader, [key])))
  }

  #createLookup (atMicros: number, seek: Seek): Lookup {
    const { timescale, offsetTicks } = this.#parts.movie.wanted
    return { limitTicks: microsToLastTick(atMicros, timescale) + offsetTicks, seek, stepsBack: 0 }
  }

  /** Finds the samples that lead to a frame, reading fragments before and after it until they are complete. */
  async #findSamples (
    reader: WindowReader,
    { limitTicks, seek, stepsBack }: Lookup
  ): Promise<readonly FragmentSample[]> {
    const { search, firstOffset } = this.#parts
    const fragments = [await search.findFragment(reader, limitTicks)]
    let isEnd = false
    for (let attempt = 0; ;) {
      const [first, last] = [fragments[0]!, fragments.at(-1)!]
      const choice = choosePacketRange(
        { samples: fragments.flatMap(({ samples }) => samples), isStart: first.start === firstOffset, isEnd },
        limitTicks,
        seek,
        stepsBack
      )
      if (choice === 'later') {
        const next = await search.readAfter(reader, last)
        if (next === undefined) isEnd = true
        else fragments.push(next)
      } else if (choice === 'earlier') {
        fragments.unshift(...(await search.readBefore(reader, first, attempt++)))
      } else return choice
    }
  }

  async #readRange (reader: WindowReader, samples: readonly FragmentSample[]): Promise<PacketRange> {
    return this.#buildRange(samples, await readSamples(reader, samples))
  }

  #buildRange (samples: readonly FragmentSample[], data: readonly Buffer[]): PacketRange {
    const { offsetTicks } = this.#parts.movie.wanted
    if (!isTrueKeyFrame(this.info, data[0]!)) throw new RangedExtractionError('a sync sample is not a key frame')
    const target = samples.at(-1)!
    return {
      packets: samples.map(({ pts, isSync }, index) => ({ pts: pts - offsetTicks, isKey: isSync, data: data[index]! })),
      targetPts: target.pts - offsetTicks,
      isKey: target.isSync
    }
  }
}
