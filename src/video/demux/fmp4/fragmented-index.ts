import { isTrueKeyFrame } from '../../bitstream/key-frame.ts'
import type { IndexSummary } from '../index-summary.ts'
import { scatteredReadLimits } from '../../source/range-coalescing.ts'
import type { VideoIndex } from '../video-index.ts'
import type { Movie } from '../mp4/movie.ts'
import { checkPlaces, readSamples } from '../mp4/read-samples.ts'
import { choosePacketRange } from './choose-packet-range.ts'
import type { Fragment, FragmentSample } from './fragment.ts'
import { FragmentChain } from './fragment-chain.ts'
import { type FragmentedMovie, describeFragmentedMovie } from './fragmented-movie.ts'
import { FragmentSearch } from './fragment-search.ts'
import { SeekPoints } from './seek-points.ts'
import { addIndexedSeekPoints, readFront } from './load-seek-points.ts'
import { type MoviePlace, readOwnSamples } from './movie-samples.ts'
import { summarizeFragments } from './summarize-fragments.ts'
import { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { Moment, PacketRange, TrackInfo } from '../../media/track.ts'
import type { ByteReader } from '../../source/byte-source.ts'
import { microsToLastTick, spreadEvenly, spreadIndexes, ticksToMicros } from '../../media/time.ts'
import type { Seek } from '../../../options/frame-options.ts'

const FIRST_READ_BYTES = 128 * 1024
const INDEX_BYTES = 4096
/** No codec keeps back more pictures than these for reordering. */
const MAX_REORDERED = 32
const MAX_ATTEMPTS = 8
/** All of so small a file's fragments are walked over. */
const WHOLE_BYTES = 512 * 1024

/** A fragmented file, as far as it was read to tell that it is one. */
export interface FragmentedFile {
  readonly movie: Movie
  /** Where the moov box lies; the fragments come after it. */
  readonly moov: MoviePlace
  readonly container: 'mp4' | 'mov'
}

/**
 * Opens the index of a fragmented movie (ISO/IEC 14496-12, section 8.8): by `sidx` boxes, else by `mfra`, else by
 * probing for fragments. It reads the first and the last fragments, which tell the duration.
 *
 * @throws PosterframeError `encrypted_video`, `video_limits_exceeded`
 * @throws RangedExtractionError for what is damaged or doubtful; what the source throws
 */
export async function openFragmentedIndex (
  source: ByteReader,
  { movie, moov, container }: FragmentedFile
): Promise<VideoIndex> {
  const plan = describeFragmentedMovie(movie, container)
  return await openIndex(source, plan, moov, readOwnSamples(movie, plan.video, moov, source))
}

async function openIndex (
  source: ByteReader,
  movie: FragmentedMovie,
  moov: MoviePlace,
  own: Fragment | undefined
): Promise<VideoIndex> {
  const reader = new WindowReader(source)
  const chain = new FragmentChain({ wantedTrackId: movie.wanted.id, defaults: movie.defaults, fileBytes: source.size })
  const seekPoints = new SeekPoints()
  const search = new FragmentSearch(chain, seekPoints)
  const front = await readFront(reader, moov.end)
  await addIndexedSeekPoints(reader, front, movie.wanted, seekPoints)

  // ffmpeg takes the times of a fragment that has none of its own from a sidx.
  if (own !== undefined && front.segmentIndexes.length > 0) {
    throw new RangedExtractionError('a segment index follows samples in the movie box')
  }
  if (own !== undefined) chain.add(own)
  const zeros = front.segmentIndexes.length === 0 ? new Map(movie.tracks.map(({ id }) => [id, 0])) : undefined
  const first = await findFirst(search.walk(reader, own?.start ?? front.firstOffset, FIRST_READ_BYTES, zeros))
  const { ends, isWhole } = await readEnds({ reader, search, chain, seekPoints, movie, first })
  const info = { ...movie.info, durationMicros: Math.max(0, ...ends) }
  return new FragmentedIndex({
    info,
    movie,
    chain,
    seekPoints,
    search,
    firstOffset: first.start,
    isWhole,
    summary: summarizeFragments(movie, first)
  })
}

async function findFirst (walk: AsyncGenerator<Fragment>): Promise<Fragment> {
  for await (const fragment of walk) {
    if (fragment.samples.length > 0) return fragment
  }
  throw new RangedExtractionError('there are no fragments of the video track')
}

interface Opening {
  readonly reader: WindowReader
  readonly search: FragmentSearch
  readonly chain: FragmentChain
  readonly seekPoints: SeekPoints
  readonly movie: FragmentedMovie
  readonly first: Fragment
}

/** Where the presentation of each track ends, in microseconds, by the last fragments of the file. */
async function readEnds ({
  reader,
  search,
  chain,
  seekPoints,
  movie,
  first
}: Opening): Promise<{ ends: number[], isWhole: boolean }> {
  const seekPoint = seekPoints.at(seekPoints.count - 1)
  const known =
    seekPoint === undefined ? undefined : await chain.readNextWanted(reader, seekPoint.offset, FIRST_READ_BYTES)
  const isNear = reader.size - first.start <= WHOLE_BYTES
  let from = isNear ? first.start : await search.findLast(reader, known ?? first)
  const ends = new Map<number, number>()
  for (let attempt = 0; ; attempt++) {
    const last: Fragment[] = []
    for await (const fragment of search.walk(reader, from, FIRST_READ_BYTES)) {
      last.push(fragment)
      for (const [id, ticks] of fragment.presentedEnds) ends.set(id, Math.max(ends.get(id) ?? 0, ticks))
    }
    const [earliest] = last
    if (earliest === undefined || earliest.start <= first.start || attempt === MAX_ATTEMPTS) break
    // A track whose part of the last stretch comes before the video's is found further ahead; one that ended long ago
    // does not matter.
    const isMissing = attempt < 2 && movie.tracks.some(({ id }) => !ends.has(id))
    if (!isMissing && holdsLastShown(last.flatMap(({ samples }) => samples))) break
    const [before] = await search.readBefore(reader, earliest, attempt)
    from = before?.start ?? from
  }
  if ((ends.get(movie.wanted.id) ?? 0) > movie.wanted.mediaEnd) {
    throw new RangedExtractionError('an edit ends before the fragments do')
  }
  const endMicros = movie.tracks.flatMap(({ id, timescale, offsetTicks }) => {
    const ticks = ends.get(id)
    return ticks === undefined ? [] : [ticksToMicros(ticks - offsetTicks, { numerator: 1, denominator: timescale })]
  })
  return { ends: endMicros, isWhole: from <= first.start }
}

/**
 * The sample that is shown last is not the last one: it is within the reach of reordering, or comes with or after the
 * last key frame.
 */
function holdsLastShown (samples: readonly FragmentSample[]): boolean {
  return samples.length >= MAX_REORDERED || samples.some(({ isSync }) => isSync)
}

interface OpenIndex {
  readonly info: TrackInfo
  readonly movie: FragmentedMovie
  readonly chain: FragmentChain
  readonly seekPoints: SeekPoints
  readonly search: FragmentSearch
  readonly firstOffset: number
  readonly summary: IndexSummary
  /** Whether the fragments are so few that all were walked over. */
  readonly isWhole: boolean
}

/** What a run was chosen by. */
interface Choice {
  readonly limitTicks: number
  readonly seek: Seek
  readonly stepsBack: number
}

class FragmentedIndex implements VideoIndex {
  readonly info: TrackInfo
  readonly summary: IndexSummary
  readonly #open: OpenIndex
  readonly #choices = new WeakMap<PacketRange, Choice>()

  constructor (open: OpenIndex) {
    this.info = open.info
    this.summary = open.summary
    this.#open = open
  }

  get memoryBytes (): number {
    return INDEX_BYTES + this.info.codecConfig.length + this.#open.chain.memoryBytes + this.#open.seekPoints.memoryBytes
  }

  async readPacketRange (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRange> {
    const reader = new WindowReader(source)
    const choice = { limitTicks: this.#toLimitTicks(atMicros), seek, stepsBack: 0 }
    const run = await this.#readPacketRange(reader, await this.#findRun(reader, choice))
    this.#choices.set(run, choice)
    return run
  }

  async readPacketRanges (source: ByteReader, moments: readonly Moment[]): Promise<PacketRange[]> {
    const reader = new WindowReader(source)
    const choices: Choice[] = moments.map(({ atMicros, seek }) => ({
      limitTicks: this.#toLimitTicks(atMicros),
      seek,
      stepsBack: 0
    }))
    const wanted: Array<readonly FragmentSample[]> = []
    // One after the other: each search learns from those before it.
    for (const choice of choices) wanted.push(await this.#findRun(reader, choice))
    const samples = [...new Map(wanted.flat().map((sample) => [sample.start, sample])).values()]
    const data = await readSamples(reader, samples, scatteredReadLimits(moments.length))
    const found = new Map(samples.map(({ start }, place) => [start, data[place]!]))
    return wanted.map((samples, place) => {
      const run = this.#makeRun(
        samples,
        samples.map(({ start }) => found.get(start)!)
      )
      this.#choices.set(run, choices[place]!)
      return run
    })
  }

  async readEarlier (source: ByteReader, run: PacketRange): Promise<PacketRange> {
    const reader = new WindowReader(source)
    const made = this.#choices.get(run)
    if (made === undefined) throw new RangedExtractionError('nobody knows what comes before the run')
    const choice = { ...made, stepsBack: made.stepsBack + 1 }
    const samples = await this.#findRun(reader, choice)
    checkPlaces(reader, samples)
    const before = await this.#readPacketRange(reader, samples.slice(0, samples.length - run.packets.length))
    const earlier = { ...run, packets: [...before.packets, ...run.packets] }
    this.#choices.set(earlier, choice)
    return earlier
  }

  async readKeyFrames (source: ByteReader, count: number): Promise<PacketRange[]> {
    const reader = new WindowReader(source)
    if (this.#open.isWhole) return await this.#readKnownKeyFrames(reader, count)
    const runs = new Map<number, PacketRange>()
    for (const atMicros of spreadEvenly(count, this.info.durationMicros ?? 0)) {
      const samples = await this.#findRun(reader, {
        limitTicks: this.#toLimitTicks(Math.floor(atMicros)),
        seek: 'keyframe',
        stepsBack: 0
      })
      const { pts } = samples.at(-1)!
      if (!runs.has(pts)) runs.set(pts, await this.#readPacketRange(reader, samples))
    }
    return [...runs.values()]
  }

  /** As the general way spreads them: one from the middle of each equal part of the list. */
  async #readKnownKeyFrames (reader: WindowReader, count: number): Promise<PacketRange[]> {
    const keys: FragmentSample[] = []
    for await (const { samples } of this.#open.search.walk(reader, this.#open.firstOffset, FIRST_READ_BYTES)) {
      keys.push(...samples.filter(({ isSync }) => isSync))
    }
    keys.sort((a, b) => a.pts - b.pts)
    const chosen = spreadIndexes(count, keys.length).map((index) => keys[index]!)
    return await Promise.all(chosen.map((key) => this.#readPacketRange(reader, [key])))
  }

  async #findRun (reader: WindowReader, { limitTicks, seek, stepsBack }: Choice): Promise<readonly FragmentSample[]> {
    const { search, firstOffset } = this.#open
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

  async #readPacketRange (reader: WindowReader, samples: readonly FragmentSample[]): Promise<PacketRange> {
    return this.#makeRun(samples, await readSamples(reader, samples))
  }

  #makeRun (samples: readonly FragmentSample[], data: readonly Buffer[]): PacketRange {
    const { offsetTicks } = this.#open.movie.wanted
    if (!isTrueKeyFrame(this.info, data[0]!)) throw new RangedExtractionError('the sync sample is no key frame')
    const target = samples.at(-1)!
    return {
      packets: samples.map(({ pts, isSync }, index) => ({ pts: pts - offsetTicks, isKey: isSync, data: data[index]! })),
      targetPts: target.pts - offsetTicks,
      isKey: target.isSync
    }
  }

  /** The last tick, on the media's own clock, that a moment takes in. */
  #toLimitTicks (atMicros: number): number {
    const { timescale, offsetTicks } = this.#open.movie.wanted
    return microsToLastTick(atMicros, timescale) + offsetTicks
  }
}
