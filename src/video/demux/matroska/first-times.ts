import { readElementHeader, readUnsigned } from './ebml.ts'
import { readHeaderAt } from './matroska-head.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

const ID = { cluster: 0x1f43b675, timestamp: 0xe7, simpleBlock: 0xa3, blockGroup: 0xa0, block: 0xa1 } as const

/** Muxers interleave by time: a track that has not begun within this many blocks and bytes does not begin first. */
const MAX_BLOCKS = 64
const MAX_SPAN_BYTES = 1024 * 1024
/** The number of the track takes up to 8 bytes, then come 2 of time. */
const BLOCK_HEAD_BYTES = 32
const MAX_NUMBER_BYTES = 8

/**
 * The earliest time of each track, in ticks, as the blocks at the beginning of the first cluster tell. Only their
 * headers are looked at: a whole cluster can be megabytes.
 *
 * @returns by track number; what does not begin among the first blocks is absent
 * @throws RangedExtractionError where there is no cluster that is whole as far as it is read; what the source throws
 */
export async function readFirstTimes (
  reader: ByteReader,
  clusterStart: number,
  trackNumbers: readonly number[]
): Promise<ReadonlyMap<number, number>> {
  const times = new Map<number, number>()
  const cluster = await readHeaderAt(reader, clusterStart)
  const clusterEnd = cluster.size === undefined ? reader.size : clusterStart + cluster.headerBytes + cluster.size
  const end = Math.min(reader.size, clusterEnd, clusterStart + MAX_SPAN_BYTES)
  let clusterTicks: number | undefined
  let at = clusterStart + cluster.headerBytes
  for (let count = 0; count < MAX_BLOCKS && at < end && times.size < trackNumbers.length; count++) {
    const head = await reader.read(at, Math.min(end, at + BLOCK_HEAD_BYTES))
    const { id, headerBytes, size } = readElementHeader(head)
    if (size === undefined || id === ID.cluster) break
    const bodyStart = at + headerBytes
    if (id === ID.timestamp) {
      if (size > MAX_NUMBER_BYTES || bodyStart + size > end) {
        throw new RangedExtractionError('the time of a cluster is no number')
      }
      clusterTicks = readUnsigned(await reader.read(bodyStart, bodyStart + size), 0)
    }
    const block =
      id === ID.simpleBlock
        ? head.subarray(headerBytes)
        : id === ID.blockGroup
          ? findBlock(head.subarray(headerBytes))
          : undefined
    if (block !== undefined) {
      if (clusterTicks === undefined) throw new RangedExtractionError('a block stands before its cluster says the time')
      const { track, ticks } = readBlockHead(block)
      if (trackNumbers.includes(track)) times.set(track, Math.min(times.get(track) ?? Infinity, clusterTicks + ticks))
    }
    at = bodyStart + size
  }
  return times
}

/** Where a group does not begin with its block, its time is not worth another read. */
function findBlock (group: Buffer): Buffer | undefined {
  const { id, headerBytes } = readElementHeader(group)
  return id === ID.block ? group.subarray(headerBytes) : undefined
}

/** The head of a block (RFC 9559, section 10.1): its track, and its time against its cluster's. */
function readBlockHead (block: Buffer): { track: number, ticks: number } {
  const bytes = Math.clz32(block[0] ?? 0) - 23
  if (bytes > 6 || block.length < bytes + 2) throw new RangedExtractionError('a block has no head')
  return { track: block.readUIntBE(0, bytes) - 2 ** (7 * bytes), ticks: block.readInt16BE(bytes) }
}
