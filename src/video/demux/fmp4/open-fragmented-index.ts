import type { ByteRange } from '../../../store/object-store.ts'
import { averageGap, averageRate, type IndexSummary } from '../index-summary.ts'
import type { VideoIndex } from '../video-index.ts'
import type { Movie } from '../mp4/movie.ts'
import type { Fragment } from './fragment.ts'
import { FragmentChain } from './fragment-chain.ts'
import { FragmentedIndex } from './fragmented-index.ts'
import { type FragmentedMovie, describeFragmentedMovie } from './fragmented-movie.ts'
import { FragmentSearch } from './fragment-search.ts'
import { addIndexedSeekPoints, readLeadingIndexes } from './load-seek-points.ts'
import { readMovieSamples } from './movie-samples.ts'
import { readPresentedEnds } from './presented-ends.ts'
import { SeekPoints } from './seek-points.ts'
import { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** A file whose movie box announces fragments. */
export interface FragmentedFile {
  readonly movie: Movie
  /** The moov box; the fragments come after it. */
  readonly moov: ByteRange
  readonly container: 'mp4' | 'mov'
}

/**
 * Opens the index of a fragmented movie (ISO/IEC 14496-12, section 8.8): by `sidx` boxes, else by `mfra`, else by
 * probing for fragments. Reads the first and the last fragments, which give the duration.
 *
 * @throws PosterframeError `encrypted_video`, `video_limits_exceeded`
 * @throws RangedExtractionError for malformed or ambiguous files; as the source
 */
export async function openFragmentedIndex (source: ByteReader, file: FragmentedFile): Promise<VideoIndex> {
  const movie = describeFragmentedMovie(file.movie, file.container)
  const movieSamples = readMovieSamples(file.movie, movie.video, file.moov, source)
  const reader = new WindowReader(source)
  const chain = new FragmentChain({ wantedTrackId: movie.wanted.id, defaults: movie.defaults, fileBytes: source.size })
  const seekPoints = new SeekPoints()
  const search = new FragmentSearch(chain, seekPoints)
  const leading = await readLeadingIndexes(reader, file.moov.end)
  await addIndexedSeekPoints(reader, leading, movie.wanted, seekPoints)

  // ffmpeg takes the times of a fragment that states none from a sidx.
  const hasSegmentIndex = leading.segmentIndexes.length > 0
  if (movieSamples !== undefined && hasSegmentIndex) {
    throw new RangedExtractionError('a segment index follows samples in the movie box')
  }
  if (movieSamples !== undefined) chain.add(movieSamples)
  const decodeStarts = hasSegmentIndex ? undefined : new Map(movie.tracks.map(({ id }) => [id, 0]))
  const first = await findFirst(
    search.walk(reader, movieSamples?.start ?? leading.firstOffset, undefined, decodeStarts)
  )
  const { endMicros, isWhole } = await readPresentedEnds({ reader, search, chain, seekPoints, movie, first })
  return new FragmentedIndex({
    info: { ...movie.info, durationMicros: Math.max(0, ...endMicros) },
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

/** Summarizes the movie box and the first fragment, which gives a key frame interval only if it has two key frames. */
function summarizeFragments ({ summaries, info }: FragmentedMovie, { samples }: Fragment): IndexSummary {
  // The last sample may be shown longer than the others.
  const apart = samples.slice(0, Math.max(1, samples.length - 1))
  const frameTicks = averageGap(apart.map(({ durationTicks }) => ({ count: 1, ticks: durationTicks })))
  const keys = samples.filter(({ isSync }) => isSync)
  const keyFrameInterval =
    keys.length < 2 ? null : averageRate(keys.length - 1, keys.at(-1)!.dts - keys[0]!.dts, info.timescale).apart
  return {
    frameRate: averageRate(1, frameTicks, info.timescale).perSecond,
    keyFrameInterval,
    tracks: summaries
  }
}
