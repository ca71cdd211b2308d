import {
  type ElementHeader,
  MAX_HEADER_BYTES,
  listElements,
  mapElements,
  readElementHeader,
  readFloat,
  readUnsigned
} from './ebml.ts'
import { type MatroskaTrack, readTrackEntry } from './matroska-track.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  cues: 0x1c53bb6b,
  cluster: 0x1f43b675
} as const

/** What stands before the first cluster of a Matroska file (RFC 9559). */
export interface MatroskaHead {
  /** Nanoseconds per tick of all times. */
  readonly nanosPerTick: number
  /** As somebody wrote it, in ticks; undefined where nobody did. */
  readonly durationTicks: number | undefined
  readonly tracks: readonly MatroskaTrack[]
  /** Where the index lies; undefined where there is none. */
  readonly cuesStart: number | undefined
  /** Where the first cluster begins. */
  readonly firstClusterStart: number
}

/** Larger than any honest one: codec configurations and names. */
const MAX_ELEMENT_BYTES = 1024 * 1024
const MAX_ELEMENTS = 64

/**
 * Reads the head of a Matroska file.
 *
 * @throws RangedExtractionError where it is not whole, in one segment, with its tracks before its clusters
 */
export async function readMatroskaHead (reader: ByteReader): Promise<MatroskaHead> {
  const bodies = new Map<number, Buffer>()
  let cuesStart: number | undefined
  const segment = await findSegment(reader)
  let at = segment.start
  for (let count = 0; ; count++) {
    const element = await readHeaderAt(reader, at)
    const bodyStart = at + element.headerBytes
    if (element.id === ID.cluster) break
    if (element.size === undefined || count > MAX_ELEMENTS) {
      throw new RangedExtractionError('the file does not begin like Matroska')
    }
    if (element.id === ID.info || element.id === ID.tracks || element.id === ID.seekHead) {
      if (bodies.has(element.id) || element.size > MAX_ELEMENT_BYTES) {
        throw new RangedExtractionError('the head of the file is unusual')
      }
      bodies.set(element.id, await readWithin(reader, bodyStart, bodyStart + element.size))
    } else if (element.id === ID.cues) cuesStart = at
    at = bodyStart + element.size
  }
  const info = mapElements(bodies.get(ID.info) ?? Buffer.alloc(0))
  const tracks = bodies.get(ID.tracks)
  if (tracks === undefined) throw new RangedExtractionError('there are no tracks before the first cluster')
  const durationTicks = readFloat(info.get(ID.duration), 0)
  return {
    nanosPerTick: readUnsigned(info.get(ID.timestampScale), 1_000_000),
    durationTicks: durationTicks > 0 && Number.isFinite(durationTicks) ? durationTicks : undefined,
    tracks: listElements(tracks)
      .filter(({ id }) => id === ID.trackEntry)
      .map(({ body }) => readTrackEntry(body)),
    cuesStart: cuesStart ?? seekCues(bodies.get(ID.seekHead), segment.start),
    firstClusterStart: at
  }
}

async function findSegment (reader: ByteReader): Promise<{ start: number }> {
  const ebml = await readHeaderAt(reader, 0)
  if (ebml.id !== ID.ebml || ebml.size === undefined) {
    throw new RangedExtractionError('the file does not begin like EBML')
  }
  const at = ebml.headerBytes + ebml.size
  if (ebml.size > MAX_ELEMENT_BYTES) throw new RangedExtractionError('the head of the file is unusual')
  // What it says is not needed, but a damaged one is damage that ffmpeg refuses.
  listElements(await readWithin(reader, ebml.headerBytes, at))
  const segment = await readHeaderAt(reader, at)
  const start = at + segment.headerBytes
  if (segment.id !== ID.segment) throw new RangedExtractionError('the file does not begin with its segment')
  if (segment.size !== undefined && start + segment.size !== reader.size) {
    throw new RangedExtractionError('the file is cut off, or goes on past its segment')
  }
  return { start }
}

function seekCues (seekHead: Buffer | undefined, segmentStart: number): number | undefined {
  for (const { id, body } of listElements(seekHead ?? Buffer.alloc(0))) {
    const seek = id === ID.seek ? mapElements(body) : new Map<number, Buffer>()
    if (readUnsigned(seek.get(ID.seekId), 0) === ID.cues) {
      return segmentStart + readUnsigned(seek.get(ID.seekPosition), 0)
    }
  }
  return undefined
}

/**
 * Reads the index of a file, so that the reader remembers it.
 *
 * @throws RangedExtractionError where it does not lie where the head says
 */
export async function readCues (reader: ByteReader, cuesStart: number): Promise<void> {
  const { id, headerBytes, size } = await readHeaderAt(reader, cuesStart)
  if (id !== ID.cues || size === undefined) throw new RangedExtractionError('the index does not lie where it should')
  await readWithin(reader, cuesStart, cuesStart + headerBytes + size)
}

/**
 * Reads the header of the element at an offset of a file.
 *
 * @throws RangedExtractionError where there is none
 */
export async function readHeaderAt (reader: ByteReader, at: number): Promise<ElementHeader> {
  return readElementHeader(await readWithin(reader, at, Math.min(reader.size, at + MAX_HEADER_BYTES)))
}

async function readWithin (reader: ByteReader, start: number, end: number): Promise<Buffer> {
  if (start > end || end > reader.size) throw new RangedExtractionError('the file ends within its head')
  return await reader.read(start, end)
}
