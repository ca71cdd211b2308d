import type { FileHandle } from 'node:fs/promises'

interface Box {
  readonly type: string
  readonly from: number
  readonly to: number
}

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf']

/**
 * Returns the size of the sample tables (`stbl`, ISO/IEC 14496-12) of the first video track, the most that has to be
 * read of the index. It does not use the reader of the service, so that the measure is independent of it.
 *
 * @throws Error if there is no movie box or no video track
 */
export async function measureVideoTables (file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  const movie = (await listBoxes(file, 0, size)).find(({ type }) => type === 'moov')
  if (movie === undefined) throw new Error('The file has no moov box.')
  for (const track of (await listBoxes(file, movie.from, movie.to)).filter(({ type }) => type === 'trak')) {
    const boxes = await listDeep(file, track)
    const handler = boxes.find(({ type }) => type === 'hdlr')
    const tables = boxes.find(({ type }) => type === 'stbl')
    if (handler === undefined || tables === undefined) continue
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, handler.from + 8)
    if (buffer.toString('latin1') === 'vide') return tables.to - tables.from + 8
  }
  throw new Error('The file has no video track.')
}

async function listDeep (file: FileHandle, parent: Box): Promise<Box[]> {
  const children = await listBoxes(file, parent.from, parent.to)
  const below = await Promise.all(
    children.filter(({ type }) => CONTAINERS.includes(type)).map((child) => listDeep(file, child))
  )
  return [...children, ...below.flat()]
}

/** Lists consecutive boxes, with the byte range of the content of each. */
async function listBoxes (file: FileHandle, from: number, to: number): Promise<Box[]> {
  const boxes: Box[] = []
  for (let at = from; at + 8 <= to;) {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, at)
    const short = buffer.readUInt32BE(0)
    const bytes = short === 1 ? Number(buffer.readBigUInt64BE(8)) : short === 0 ? to - at : short
    if (bytes < 8) throw new Error('A box is smaller than its header.')
    boxes.push({
      type: buffer.toString('latin1', 4, 8),
      from: at + (short === 1 ? 16 : 8),
      to: Math.min(to, at + bytes)
    })
    at += bytes
  }
  return boxes
}
