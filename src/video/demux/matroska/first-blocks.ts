import type { ElementReader } from './element-reader.ts'
import type { MatroskaTrack } from './matroska-track.ts'
import { type Block, type Cluster, walkBlocks } from './walk-blocks.ts'

/** Muxers interleave by time: a track that has not begun within this many blocks and bytes does not begin first. */
const MAX_BLOCKS = 64
const MAX_SPAN_BYTES = 1024 * 1024

/** The blocks at the beginning of a file. */
export interface FirstBlocks {
  /** The earliest time of each track that begins there, in ticks. */
  readonly times: ReadonlyMap<number, number>
  /** The first block of the video track; undefined if it does not begin there. */
  readonly video: Block | undefined
}

/**
 * Reads the headers of the blocks at the beginning of the first cluster, until all tracks have begun.
 *
 * @throws RangedExtractionError if the cluster is damaged; errors of `ElementReader`
 */
export async function readFirstBlocks (
  elements: ElementReader,
  first: Cluster,
  tracks: ReadonlyArray<Pick<MatroskaTrack, 'number'>>,
  videoTrack: number
): Promise<FirstBlocks> {
  const times = new Map<number, number>()
  let video: Block | undefined
  let count = 0
  for await (const block of walkBlocks(elements, new Set(tracks.map(({ number }) => number)), first)) {
    if (block.cluster.start !== first.start || block.start > first.start + MAX_SPAN_BYTES) break
    times.set(block.track, Math.min(times.get(block.track) ?? Infinity, block.ticks))
    if (block.track === videoTrack) video ??= block
    if (++count >= MAX_BLOCKS || times.size === tracks.length) break
  }
  return { times, video }
}
