import { listElements, mapElements, readUnsigned } from './ebml.ts'

const ID = { seek: 0x4dbb, seekId: 0x53ab, seekPosition: 0x53ac } as const

/** Reads the body of a `SeekHead`: the offsets in the file at which elements of a segment should begin, by id. */
export function readSeekHead (body: Buffer, segmentStart: number): Map<number, number> {
  const places = new Map<number, number>()
  for (const { id, body: seekBody } of listElements(body)) {
    const seek = id === ID.seek ? mapElements(seekBody) : new Map<number, Buffer>()
    const target = readUnsigned(seek.get(ID.seekId), 0)
    if (!places.has(target)) places.set(target, segmentStart + readUnsigned(seek.get(ID.seekPosition), 0))
  }
  return places
}
