import type { Fragment, FragmentSample } from './fragment.ts'
import type { FragmentChain } from './fragment-chain.ts'
import type { FragmentedMovie } from './fragmented-movie.ts'
import { FIRST_READ_BYTES, type FragmentSearch } from './fragment-search.ts'
import type { SeekPoints } from './seek-points.ts'
import type { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import { ticksToMicros } from '../../media/time.ts'

/** No codec reorders more frames than this. */
const MAX_REORDERED = 32
const MAX_ATTEMPTS = 8
/** If the fragments of a file have no more than this together, all of them are walked over. */
const WHOLE_BYTES = 512 * 1024

/** A fragmented file of which only the first fragment is known. */
export interface OpenedFragments {
  readonly reader: WindowReader
  readonly search: FragmentSearch
  readonly chain: FragmentChain
  readonly seekPoints: SeekPoints
  readonly movie: FragmentedMovie
  readonly first: Fragment
}

/** The ends of the tracks. */
export interface PresentedEnds {
  /** End of presentation of each track found, in microseconds. */
  readonly endMicros: number[]
  /** True if all fragments of the file were walked over. */
  readonly isWhole: boolean
}

/**
 * Reads the last fragments of the file for the end of presentation of each track.
 *
 * @throws RangedExtractionError if an edit ends before the fragments do, and as `FragmentSearch`
 */
export async function readPresentedEnds ({
  reader,
  search,
  chain,
  seekPoints,
  movie,
  first
}: OpenedFragments): Promise<PresentedEnds> {
  const seekPoint = seekPoints.at(seekPoints.count - 1)
  const known =
    seekPoint === undefined ? undefined : await chain.readNextWanted(reader, seekPoint.offset, FIRST_READ_BYTES)
  const isNear = reader.size - first.start <= WHOLE_BYTES
  let from = isNear ? first.start : await search.findLast(reader, known ?? first)
  const ends = new Map<number, number>()
  for (let attempt = 0; ; attempt++) {
    const last: Fragment[] = []
    for await (const fragment of search.walk(reader, from)) {
      last.push(fragment)
      for (const [id, ticks] of fragment.presentedEnds) ends.set(id, Math.max(ends.get(id) ?? 0, ticks))
    }
    const [earliest] = last
    if (earliest === undefined || earliest.start <= first.start || attempt === MAX_ATTEMPTS) break
    // The last fragment of another track may come before that of the video; a track that ended long before does not
    // matter.
    const isMissing = attempt < 2 && movie.tracks.some(({ id }) => !ends.has(id))
    if (!isMissing && includesLastShown(last.flatMap(({ samples }) => samples))) break
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
  return { endMicros, isWhole: from <= first.start }
}

/**
 * Returns whether the last samples in decode order include the one that is shown last: it is within the reach of
 * reordering, or is or follows the last key frame.
 */
function includesLastShown (samples: readonly FragmentSample[]): boolean {
  return samples.length >= MAX_REORDERED || samples.some(({ isSync }) => isSync)
}
