import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { findProgramTables } from '../demux/program-tables.ts'
import { measurePackets } from '../demux/sniff/transport-stream.ts'
import type { CutRange, CutSettings, PacketPlaces } from './cut-range.ts'
import type { ByteSlice, DecoderInput } from '../decode/decode-plan.ts'
import type { ListedTrack } from '../decode/packet-list.ts'

/** Program tables are repeated several times a second; this much is read to find them. */
const TABLE_WINDOW_BYTES = 4 * 2 ** 20
/** Bytes that show how far packets of a transport stream are apart. */
const MEASURED_BYTES = 16 * 204
/** Times of transport and program streams have 33 bits. */
const CLOCK_TICKS = 2 ** 33

/**
 * Cuts a stream by the positions of its packets: from the unit of the container that the first one begins in, up to
 * that of the next frame. Unlike a copy of the packets, it keeps second fields, which have no times of their own. A
 * transport stream gets its program tables in front.
 *
 * @returns undefined if the positions do not tell, or the decoder finds other packets there
 */
export async function cutBytes (
  { decoder, input, context, frames }: CutSettings,
  listed: ListedTrack,
  { first, last, behind = 0 }: PacketPlaces
): Promise<CutRange | undefined> {
  const positions = await locateOnce({ decoder, input, context }, listed)
  if (positions.length !== listed.packets.length) return undefined
  const start = positions.slice(0, first + 1).findLast((position) => position >= 0)
  if (start === undefined) return undefined
  const frameTimes = new Set(frames.map(({ pts }) => pts))
  const ends = positions.filter(
    (position, place) => place > last && position > start && frameTimes.has(listed.packets[place]!.pts)
  )
  const end = ends[behind]
  const cut = await sliceInput(input, { start, end: end ?? input.bytes }, join(context.directory, 'packets.ts'))
  if (cut === undefined) return undefined
  const { chosen } = await decoder.list(cut, context)
  if (chosen.codec !== listed.codec) return undefined
  const timeOf = (place: number): number | undefined => {
    const { pts } = listed.packets[place]!
    const same = chosen.packets.filter((packet) => (packet.pts - pts) % CLOCK_TICKS === 0)
    return same.length === 1 ? same[0]!.pts : undefined
  }
  const pts = timeOf(last)
  return pts === undefined ? undefined : { input: cut, pts, timeOf }
}

/** Positions of the packets of listings. */
const knownPositions = new WeakMap<ListedTrack, readonly number[]>()

/** Returns the positions of listed packets, for which the decoder reads the whole file: once for all cuts of it. */
async function locateOnce (
  { decoder, input, context }: Pick<CutSettings, 'decoder' | 'input' | 'context'>,
  listed: ListedTrack
): Promise<readonly number[]> {
  const positions = knownPositions.get(listed) ?? (await decoder.locate(input, context))
  knownPositions.set(listed, positions)
  return positions
}

/** Returns the bytes of a stream as an input: those of a transport stream as a file of their own. */
async function sliceInput (
  input: DecoderInput,
  { start, end }: ByteSlice,
  path: string
): Promise<DecoderInput | undefined> {
  const offset = input.slice?.start ?? 0
  const slice = { start: offset + start, end: offset + end }
  if (input.container.demuxer !== 'mpegts') return { ...input, slice, bytes: end - start }
  const tables = await readTables(input.path, { start: offset, end: slice.start })
  if (tables === undefined) return undefined
  const { slice: _, ...whole } = input
  await pipeline(async function * () {
    yield tables
    yield * createReadStream(input.path, { start: slice.start, end: slice.end - 1 })
  }, createWriteStream(path))
  return { ...whole, path, bytes: (await stat(path)).size }
}

/** Reads the program tables that hold where a slice ends: the last ones in it, or else the next ones behind it. */
async function readTables (path: string, before: ByteSlice): Promise<Buffer | undefined> {
  const file = await open(path)
  try {
    const packetBytes = measurePackets(await readBytes(before.end, MEASURED_BYTES), 0)
    if (packetBytes === undefined) return undefined
    const packets = Math.floor(Math.min(before.end - before.start, TABLE_WINDOW_BYTES) / packetBytes)
    const latest = await readBytes(before.end - packets * packetBytes, packets * packetBytes)
    return (
      findProgramTables(latest, packetBytes) ??
      findProgramTables(await readBytes(before.end, TABLE_WINDOW_BYTES), packetBytes)
    )
  } finally {
    await file.close()
  }

  async function readBytes (position: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
    return buffer.subarray(0, bytesRead)
  }
}
