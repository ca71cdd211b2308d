import { listElements, mapElements, readFloat, readUnsigned } from './ebml.ts'
import { ID } from './element-ids.ts'
import type { ElementReader } from './element-reader.ts'
import { type MatroskaTrack, readTrackEntry } from './matroska-track.ts'
import { readSeekHead } from './seek-head.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** The ids of the elements of `Info`, `Tracks` and `Chapters` that are used here (RFC 9559, section 5.1). */
const CHILD = {
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  previousUuid: 0x3cb923,
  nextUuid: 0x3eb923,
  muxingApp: 0x4d80,
  trackEntry: 0xae,
  edition: 0x45b9,
  isOrdered: 0x45dd
} as const

/** What a Matroska file (RFC 9559) states outside of its clusters. */
export interface MatroskaHead {
  /** Nanoseconds per tick of all times. */
  readonly nanosPerTick: number
  /** As stated, in ticks; undefined if it is not. */
  readonly durationTicks: number | undefined
  readonly tracks: readonly MatroskaTrack[]
  /** Offset of the body of the segment, which positions in the file count from. */
  readonly segmentStart: number
  /** Offset of the cues; undefined if there are none. */
  readonly cuesStart: number | undefined
  readonly firstClusterStart: number
  /** Name of the library that wrote the file. */
  readonly muxingApp: string
}

/** Larger than any valid one: codec configurations and names. */
const MAX_ELEMENT_BYTES = 1024 * 1024
const MAX_ELEMENTS = 64
const KEPT_IDS = [ID.info, ID.tracks, ID.seekHead, ID.chapters] as const

/**
 * Reads the head of a Matroska file, and what its `SeekHead` elements find behind the clusters.
 *
 * @throws RangedExtractionError if it is truncated, or the file consists of several segments or ordered chapters
 */
export async function readMatroskaHead (elements: ElementReader): Promise<MatroskaHead> {
  const segmentStart = await findSegment(elements)
  const { bodies, places, firstClusterStart } = await readTopLevel(elements, segmentStart)
  await followSeekHead(elements, { bodies, places, segmentStart })
  const info = mapElements(bodies.get(ID.info) ?? Buffer.alloc(0))
  const tracks = bodies.get(ID.tracks)
  if (tracks === undefined) throw new RangedExtractionError('the file has no tracks')
  if (info.has(CHILD.previousUuid) || info.has(CHILD.nextUuid)) {
    throw new RangedExtractionError('the segment is linked to others')
  }
  if (hasOrderedChapters(bodies.get(ID.chapters))) throw new RangedExtractionError('the chapters are ordered')
  const durationTicks = readFloat(info.get(CHILD.duration), 0)
  return {
    nanosPerTick: readUnsigned(info.get(CHILD.timestampScale), 1_000_000),
    durationTicks: durationTicks > 0 && Number.isFinite(durationTicks) ? durationTicks : undefined,
    tracks: listElements(tracks)
      .filter(({ id }) => id === CHILD.trackEntry)
      .map(({ body }) => readTrackEntry(body)),
    segmentStart,
    cuesStart: places.get(ID.cues),
    firstClusterStart,
    muxingApp: info.get(CHILD.muxingApp)?.toString('latin1', 0, 64) ?? ''
  }
}

/** Bodies of elements at the top of the segment, and offsets of those that were or may be found. */
interface TopLevel {
  readonly bodies: Map<number, Buffer>
  readonly places: Map<number, number>
}

/** Reads the elements in front of the first cluster. */
async function readTopLevel (
  elements: ElementReader,
  segmentStart: number
): Promise<TopLevel & { readonly firstClusterStart: number }> {
  const bodies = new Map<number, Buffer>()
  const places = new Map<number, number>()
  let at = segmentStart
  for (let count = 0; ; count++) {
    const { id, headerBytes, size } = await elements.readHeader(at)
    if (id === ID.cluster) return { bodies, places, firstClusterStart: at }
    if (size === undefined || count > MAX_ELEMENTS) {
      throw new RangedExtractionError('the file does not begin like Matroska')
    }
    const bodyStart = at + headerBytes
    places.set(id, at)
    if ((KEPT_IDS as readonly number[]).includes(id)) {
      if (bodies.has(id)) throw new RangedExtractionError('the head of the file is unusual')
      bodies.set(id, await readBody(elements, bodyStart, size))
    }
    at = bodyStart + size
  }
}

/** Finds what a `SeekHead` lists, which may list a second one behind the clusters. What is not there is ignored. */
async function followSeekHead (
  elements: ElementReader,
  { bodies, places, segmentStart }: TopLevel & { readonly segmentStart: number }
): Promise<void> {
  const first = readSeekHead(bodies.get(ID.seekHead) ?? Buffer.alloc(0), segmentStart)
  const secondBody = await readElementAt(elements, ID.seekHead, first.get(ID.seekHead))
  const second = readSeekHead(secondBody ?? Buffer.alloc(0), segmentStart)
  for (const id of [ID.info, ID.tracks, ID.chapters]) {
    if (bodies.has(id)) continue
    const body = await readElementAt(elements, id, first.get(id) ?? second.get(id))
    if (body !== undefined) bodies.set(id, body)
  }
  const cuesStart = places.get(ID.cues) ?? first.get(ID.cues) ?? second.get(ID.cues)
  if (cuesStart !== undefined) places.set(ID.cues, cuesStart)
}

async function readElementAt (
  elements: ElementReader,
  wantedId: number,
  at: number | undefined
): Promise<Buffer | undefined> {
  if (at === undefined || at >= elements.size) return undefined
  const { id, headerBytes, size } = await elements.readHeader(at)
  return id === wantedId && size !== undefined ? await readBody(elements, at + headerBytes, size) : undefined
}

async function findSegment (elements: ElementReader): Promise<number> {
  const ebml = await elements.readHeader(0)
  if (ebml.id !== ID.ebml || ebml.size === undefined) {
    throw new RangedExtractionError('the file does not begin like EBML')
  }
  // Its content is not needed, but ffmpeg refuses a damaged one.
  listElements(await readBody(elements, ebml.headerBytes, ebml.size))
  const at = ebml.headerBytes + ebml.size
  const segment = await elements.readHeader(at)
  const start = at + segment.headerBytes
  if (segment.id !== ID.segment) throw new RangedExtractionError('the file does not begin with its segment')
  if (segment.size !== undefined && start + segment.size !== elements.size) {
    throw new RangedExtractionError('the file is cut off, or goes on past its segment')
  }
  return start
}

/** Returns a copy: the rest of the head is not kept. */
async function readBody (elements: ElementReader, start: number, size: number): Promise<Buffer> {
  if (size > MAX_ELEMENT_BYTES) throw new RangedExtractionError('the head of the file is unusual')
  return Buffer.from(await elements.read(start, start + size))
}

function hasOrderedChapters (chapters: Buffer | undefined): boolean {
  return listElements(chapters ?? Buffer.alloc(0)).some(
    ({ id, body }) => id === CHILD.edition && readUnsigned(mapElements(body).get(CHILD.isOrdered), 0) === 1
  )
}
