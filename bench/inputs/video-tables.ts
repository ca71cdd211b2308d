import type { FileHandle } from 'node:fs/promises'

interface Box {
  readonly type: string
  readonly from: number
  readonly to: number
}

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf']

/**
 * Bytes of the sample tables (`stbl`, ISO/IEC 14496-12) of the first video track, which is what anybody has to read of
 * the index at most; a reader of its own, so that the measure does not depend on what it measures.
 */
export async function measureVideoTables (file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  const movie = (await listBoxes(file, 0, size)).find(({ type }) => type === 'moov')
  if (movie === undefined) throw new Error('the file has no moov box')
  for (const track of (await listBoxes(file, movie.from, movie.to)).filter(({ type }) => type === 'trak')) {
    const boxes = await listDeep(file, track)
    const handler = boxes.find(({ type }) => type === 'hdlr')
    const tables = boxes.find(({ type }) => type === 'stbl')
    if (handler === undefined || tables === undefined) continue
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, handler.from + 8)
    if (buffer.toString('latin1') === 'vide') return tables.to - tables.from + 8
  }
  throw new Error('the file has no video track')
}

async function listDeep (file: FileHandle, parent: Box): Promise<Box[]> {
  const children = await listBoxes(file, parent.from, parent.to)
  const below = await Promise.all(
    children.filter(({ type }) => CONTAINERS.includes(type)).map((child) => listDeep(file, child))
  )
  return [...children, ...below.flat()]
}

/** The boxes in a row, each with where its content lies. */
async function listBoxes (file: FileHandle, from: number, to: number): Promise<Box[]> {
  const boxes: Box[] = []
  for (let at = from; at + 8 <= to;) {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, at)
    const short = buffer.readUInt32BE(0)
    const bytes = short === 1 ? Number(buffer.readBigUInt64BE(8)) : short === 0 ? to - at : short
    if (bytes < 8) throw new Error('a box is smaller than its head')
    boxes.push({
      type: buffer.toString('latin1', 4, 8),
      from: at + (short === 1 ? 16 : 8),
      to: Math.min(to, at + bytes)
    })
    at += bytes
  }
  return boxes
}
