import type { Cue, CueList } from './cues.ts'
import type { ElementReader } from './element-reader.ts'
import { type Block, type Cluster, readCluster, walkBlocks } from './walk-blocks.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const KIB = 1024
/** Bytes to read at a key frame, before its size is known. */
const KEY_BYTES = 128 * KIB
/** Up to this distance, a block is read in one piece with the beginning of its cluster. */
const NEAR_BYTES = 64 * KIB
/** A cluster up to its timestamp. */
const CLUSTER_HEAD_BYTES = 512
/** Limit of what is requested in advance, by the bit rate between two cues. */
const MAX_AHEAD_BYTES = 16 * 1024 * KIB

/** An element of a cluster, to walk over the blocks from. */
export interface SeekStart {
  readonly cluster: Cluster
  readonly at: number
  /** True if no block comes before it. */
  readonly isFirst: boolean
  /** The index of the cue that leads to it; undefined if none does. */
  readonly cueIndex: number | undefined
}

/** The parts of the file that clusters are in. */
export interface ClusterSpan {
  readonly first: Cluster
  /** Offset behind the last cluster, as far as it is known. */
  readonly end: number
}

/** Thrown if the cues are not those of the file. */
export class WrongCuesError extends RangedExtractionError {}

/**
 * Opens the cluster of a cue, and reads ahead up to a time.
 *
 * @throws WrongCuesError if there is no such cluster; errors of `ElementReader`
 */
export async function openCue (
  elements: ElementReader,
  cues: CueList,
  index: number,
  { untilTicks, span, track }: { readonly untilTicks: number, readonly span: ClusterSpan, readonly track: number }
): Promise<SeekStart> {
  const cue = cues.at(index)!
  const { clusterStart, relative = 0 } = cue
  const blockStart = clusterStart + relative
  const aheadEnd = blockStart + KEY_BYTES + estimateBytes(cue, cues.at(index + 1), untilTicks, span)
  if (relative <= NEAR_BYTES) await elements.warm([{ start: clusterStart, end: aheadEnd }])
  else {
    await elements.warm([
      { start: clusterStart, end: clusterStart + CLUSTER_HEAD_BYTES },
      { start: blockStart, end: aheadEnd }
    ])
  }
  const cluster = await orWrongCues(elements, () => readCluster(elements, clusterStart))
  const at = cue.relative === undefined ? cluster.at : cluster.bodyStart + cue.relative
  if (at < cluster.at || at >= (cluster.end ?? elements.size)) {
    throw new WrongCuesError('a cue is outside of its cluster')
  }
  if (cue.relative !== undefined) await readCuedBlock(elements, { cluster, at }, cue, track)
  return { cluster, at, isFirst: clusterStart === span.first.start && at === cluster.at, cueIndex: index }
}

/**
 * Returns the key frame that a cue states.
 *
 * @throws WrongCuesError if there is another block in its place; errors of `ElementReader`
 */
export async function readCuedBlock (
  elements: ElementReader,
  start: Pick<SeekStart, 'cluster' | 'at'>,
  { ticks, relative }: Cue,
  track: number
): Promise<Block> {
  const found = await orWrongCues(elements, async () => {
    for await (const block of walkBlocks(elements, new Set([track]), start.cluster, start.at)) {
      if (block.cluster !== start.cluster) break
      if (block.ticks === ticks && block.isKey) return block
      if (relative !== undefined) break
    }
    return undefined
  })
  if (found === undefined) throw new WrongCuesError('a cue does not lead to its key frame')
  return found
}

/** What a cue misleads to may be anything, so damage found there is that of the cues. */
async function orWrongCues<T> (elements: ElementReader, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof RangedExtractionError && !elements.isExhausted) {
      throw new WrongCuesError(`a cue does not lead to its cluster: ${error.message}`)
    }
    throw error
  }
}

/** Estimates the bytes from a cue to a time, by the bit rate up to the next cue. */
function estimateBytes (cue: Cue, next: Cue | undefined, untilTicks: number, span: ClusterSpan): number {
  if (untilTicks <= cue.ticks) return 0
  if (next === undefined) {
    const rest = span.end - cue.clusterStart - (cue.relative ?? 0)
    return untilTicks === Infinity ? Math.max(0, Math.min(MAX_AHEAD_BYTES, rest)) : 0
  }
  const bytes = next.clusterStart + (next.relative ?? 0) - cue.clusterStart - (cue.relative ?? 0)
  const share = Math.min(1, (untilTicks - cue.ticks) / (next.ticks - cue.ticks))
  return Math.max(0, Math.min(MAX_AHEAD_BYTES, Math.ceil(bytes * share)))
}
