import { type BlockHead, type Lacing, MAX_BLOCK_HEAD_BYTES, readBlockHead } from './block.ts'
import { type ElementHeader, readUnsigned } from './ebml.ts'
import { CLUSTER_IDS, ID, TOP_LEVEL_IDS } from './element-ids.ts'
import type { ElementReader } from './element-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** A cluster as its first elements describe it. */
export interface Cluster {
  readonly start: number
  readonly bodyStart: number
  /** The first offset behind it; undefined if its size is unknown, as in recordings. */
  readonly end: number | undefined
  /** Its timestamp. */
  readonly ticks: number
  /** Offset of the element behind its timestamp. */
  readonly at: number
}

/** A block with the times and flags that its cluster and its group add. */
export interface Block {
  readonly track: number
  readonly ticks: number
  /** True for a SimpleBlock with the flag, and for a group without a reference to another block. */
  readonly isKey: boolean
  /** As the group states it. */
  readonly durationTicks: number | undefined
  /** True if an alpha channel, or other data, comes with the block. */
  readonly hasAdditions: boolean
  readonly lacing: Lacing
  /** The range of its payload. */
  readonly start: number
  readonly end: number
  readonly cluster: Cluster
}

const BLOCK_IDS: ReadonlySet<number> = new Set([ID.simpleBlock, ID.blockGroup, ID.encryptedBlock])
const MAX_NUMBER_BYTES = 8
/** Elements of a cluster before its timestamp: a checksum, padding, its position. */
const MAX_BEFORE_TIMESTAMP = 8
const MAX_GROUP_ELEMENTS = 100

/**
 * Reads the beginning of the cluster at an offset, up to its timestamp.
 *
 * @throws RangedExtractionError if there is none, or a block comes before its timestamp; errors of `ElementReader`
 */
export async function readCluster (elements: ElementReader, start: number): Promise<Cluster> {
  const { id, headerBytes, size } = await elements.readHeader(start)
  if (id !== ID.cluster) throw new RangedExtractionError('there is no cluster where one should be')
  const end = size === undefined ? undefined : start + headerBytes + size
  if (end !== undefined && end > elements.size) throw new RangedExtractionError('a cluster ends past the file')
  let at = start + headerBytes
  for (let count = 0; count < MAX_BEFORE_TIMESTAMP && at < (end ?? elements.size); count++) {
    const child = await readChild(elements, at, end ?? elements.size)
    if (child.id === ID.timestamp) {
      return { start, bodyStart: start + headerBytes, end, ticks: await readNumber(elements, child), at: child.end }
    }
    if (!CLUSTER_IDS.has(child.id) || child.id === ID.simpleBlock || child.id === ID.blockGroup) break
    at = child.end
  }
  throw new RangedExtractionError('a cluster does not begin with its time')
}

/**
 * Iterates over the blocks of some tracks in the order of the file, to its end.
 *
 * @param from the cluster to begin with
 * @param at offset of an element in it; the one behind its timestamp by default
 * @param end offset behind the last cluster, or the size of the file
 * @throws RangedExtractionError if an element is larger than what holds it, or unknown; errors of `ElementReader`
 */
export async function * walkBlocks (
  elements: ElementReader,
  tracks: ReadonlySet<number>,
  from: Cluster,
  at = from.at,
  end = elements.size
): AsyncGenerator<Block> {
  let cluster: Cluster | undefined = from
  while (at < end) {
    if (cluster?.end !== undefined && at >= cluster.end) cluster = undefined
    const header = elements.peekHeader(at) ?? (await elements.readHeader(at))
    if (header.id === ID.cluster) {
      cluster = await readCluster(elements, at)
      at = cluster.at
      continue
    }
    if (TOP_LEVEL_IDS.has(header.id) && cluster?.end === undefined) cluster = undefined
    const child = assertWithin(header, at, cluster?.end ?? elements.size)
    if (cluster !== undefined && !CLUSTER_IDS.has(child.id)) {
      throw new RangedExtractionError('a cluster has unknown elements')
    }
    if (cluster !== undefined && BLOCK_IDS.has(child.id)) {
      const block = await readBlock(elements, tracks, cluster, child)
      if (block !== undefined) yield block
    }
    at = child.end
  }
}

/** An element within the file. */
interface Child {
  readonly id: number
  readonly bodyStart: number
  readonly end: number
}

async function readChild (elements: ElementReader, at: number, limit: number): Promise<Child> {
  return assertWithin(elements.peekHeader(at) ?? (await elements.readHeader(at)), at, limit)
}

function assertWithin ({ id, headerBytes, size }: ElementHeader, at: number, limit: number): Child {
  const bodyStart = at + headerBytes
  if (size === undefined || bodyStart + size > limit) {
    throw new RangedExtractionError('an EBML element is larger than what holds it')
  }
  return { id, bodyStart, end: bodyStart + size }
}

/** Returns undefined for a block of another track. */
async function readBlock (
  elements: ElementReader,
  tracks: ReadonlySet<number>,
  cluster: Cluster,
  element: Child
): Promise<Block | undefined> {
  if (element.id === ID.encryptedBlock) throw new RangedExtractionError('a block is encrypted as a whole')
  if (element.id === ID.blockGroup) return await readGroup(elements, tracks, cluster, element)
  const head = await readHead(elements, element)
  if (!tracks.has(head.track)) return undefined
  return { ...place(head, cluster, element), isKey: head.isKey, durationTicks: undefined, hasAdditions: false }
}

/** Reads a group. Whether its block is a key frame is known only behind the block. */
async function readGroup (
  elements: ElementReader,
  tracks: ReadonlySet<number>,
  cluster: Cluster,
  group: Child
): Promise<Block | undefined> {
  let block: Omit<Block, 'isKey' | 'durationTicks' | 'hasAdditions'> | undefined
  let [isKey, hasAdditions] = [true, false]
  let durationTicks: number | undefined
  let at = group.bodyStart
  for (let count = 0; at < group.end; count++) {
    if (count === MAX_GROUP_ELEMENTS) throw new RangedExtractionError('a group of blocks has too many elements')
    const child = await readChild(elements, at, group.end)
    if (child.id === ID.block) {
      const head = await readHead(elements, child)
      if (!tracks.has(head.track)) return undefined
      if (block !== undefined) throw new RangedExtractionError('a group has several blocks')
      block = place(head, cluster, child)
    } else if (child.id === ID.referenceBlock) isKey = false
    else if (child.id === ID.blockAdditions) hasAdditions = true
    else if (child.id === ID.blockDuration) durationTicks = await readNumber(elements, child)
    else if (child.id === ID.codecState) throw new RangedExtractionError('the codec is configured anew')
    at = child.end
  }
  return block === undefined ? undefined : { ...block, isKey, durationTicks, hasAdditions }
}

async function readHead (elements: ElementReader, { bodyStart, end }: Child): Promise<BlockHead> {
  const headEnd = Math.min(end, bodyStart + MAX_BLOCK_HEAD_BYTES)
  return readBlockHead(elements.peek(bodyStart, headEnd) ?? (await elements.read(bodyStart, headEnd)))
}

function place ({ track, relativeTicks, lacing, headBytes }: BlockHead, cluster: Cluster, { bodyStart, end }: Child) {
  return { track, ticks: cluster.ticks + relativeTicks, lacing, start: bodyStart + headBytes, end, cluster }
}

async function readNumber (elements: ElementReader, { bodyStart, end }: Child): Promise<number> {
  if (end - bodyStart > MAX_NUMBER_BYTES) throw new RangedExtractionError('the time of a cluster is no number')
  return readUnsigned(await elements.read(bodyStart, end), 0)
}
