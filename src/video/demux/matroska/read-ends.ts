import type { ClusterSearch } from './cluster-search.ts'
import { describeEnd } from './describe-end.ts'
import { ElementReader } from './element-reader.ts'
import type { TrackEnd } from './matroska-duration.ts'
import type { MatroskaHead } from './matroska-head.ts'
import type { MatroskaTrack } from './matroska-track.ts'
import { type Block, type Cluster, walkBlocks } from './walk-blocks.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ReadAheadReader } from '../../source/read-ahead-reader.ts'

const KIB = 1024
const FIRST_TAIL_BYTES = 128 * KIB
/** Limit of the distance from the last cue to the end that is read in one piece. */
export const MAX_CUE_BYTES = 2048 * KIB
/** Blocks of a track, in the order of the file, that its last one and their distances are taken from. */
const MAX_LAST_BLOCKS = 256
/** Muxers interleave: a track without a block in this much at the end has ended before the others. */
const MAX_INTERLEAVED_BYTES = 2048 * KIB

/** What is known of a file before its end is read. */
export interface EndContext {
  readonly head: MatroskaHead
  /** The tracks that are shown or heard. */
  readonly tracks: readonly MatroskaTrack[]
  readonly first: Cluster
  readonly search: ClusterSearch
  /** Offset of the last cluster that the cues list; undefined without cues. */
  readonly lastCueStart: number | undefined
  /** Offset behind the last cluster, as far as it is known. */
  readonly clustersEnd: number
}

/** The end of some tracks, as their last blocks show it. */
export interface Ends {
  readonly ends: readonly TrackEnd[]
  /** True if all tracks that are shown or heard are among them. */
  readonly isComplete: boolean
}

/**
 * Reads the last clusters, as many as it takes to see all tracks end. The last one is searched from the end backwards.
 *
 * @param reader limits what it takes
 * @returns undefined if the limit was reached before any cluster was found
 * @throws RangedExtractionError if the last clusters are damaged; errors of the source
 */
export async function readEnds (reader: ReadAheadReader, context: EndContext): Promise<Ends | undefined> {
  const { first, lastCueStart, clustersEnd } = context
  const elements = new ElementReader(reader)
  let found: Ends | undefined
  const cueDistance = lastCueStart === undefined ? Infinity : Math.max(1, clustersEnd - lastCueStart)
  try {
    for (let bytes = Math.min(cueDistance, FIRST_TAIL_BYTES); ; bytes = computeNext(bytes, cueDistance)) {
      const start = Math.max(first.start, clustersEnd - bytes)
      await elements.prefetch(start, clustersEnd)
      const isWhole = start === first.start
      found = isWhole ? await collectEnds(elements, context, first) : await findTail(elements, context, start)
      if (found === undefined) continue
      if (found.isComplete || isWhole) return { ...found, isComplete: true }
      // The other tracks have ended long before, or have no blocks.
      if (bytes >= MAX_INTERLEAVED_BYTES && found.ends.length > 0) return found
    }
  } catch (error) {
    if (error instanceof RangedExtractionError && elements.isExhausted) return found
    throw error
  }
}

/** Goes to the last cue at once if that is near: no cluster without one may come after it. */
function computeNext (bytes: number, cueDistance: number): number {
  return bytes < cueDistance && cueDistance <= MAX_CUE_BYTES ? cueDistance : bytes * 2
}

/** Collects the ends from the first cluster behind an offset from which elements lead to the end of the file. */
async function findTail (elements: ElementReader, context: EndContext, start: number): Promise<Ends | undefined> {
  const { first, search, clustersEnd } = context
  for (let from = start; ;) {
    const cluster = await search.scan(elements, from, clustersEnd, { from: first.ticks, to: Infinity })
    if (cluster === undefined) return undefined
    try {
      const found = await collectEnds(elements, context, cluster)
      search.add(cluster)
      return found
    } catch (error) {
      if (!(error instanceof RangedExtractionError) || elements.isExhausted) throw error
      // Bytes of a frame that look like a cluster.
      from = cluster.start + 1
    }
  }
}

async function collectEnds (
  elements: ElementReader,
  { tracks, head, clustersEnd }: EndContext,
  from: Cluster
): Promise<Ends> {
  const lasts = new Map<number, Block[]>()
  const numbers = new Set(tracks.map(({ number }) => number))
  for await (const block of walkBlocks(elements, numbers, from, from.at, clustersEnd)) {
    const blocks = lasts.get(block.track) ?? []
    lasts.set(block.track, blocks)
    if (blocks.push(block) >= 2 * MAX_LAST_BLOCKS) blocks.splice(0, MAX_LAST_BLOCKS)
  }
  const ends: TrackEnd[] = []
  for (const track of tracks) {
    const blocks = lasts.get(track.number)
    if (blocks !== undefined) ends.push(await describeEnd(elements, head, track, blocks))
  }
  return {
    ends,
    isComplete: ends.length === tracks.length && ends.every(({ durationTicks }) => durationTicks > 0)
  }
}
