import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { measureVideoTables } from '../../../bench/inputs/video-tables.ts'

const box = (type: string, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length + 8)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, content])
}
const track = (handler: string, tableBytes: number) =>
  box(
    'trak',
    box('tkhd'),
    box('mdia', box('hdlr', Buffer.alloc(8), Buffer.from(handler)), box('minf', box('stbl', Buffer.alloc(tableBytes))))
  )

async function measure (directory: string, content: Buffer): Promise<number> {
  const path = join(directory, 'a.mp4')
  await writeFile(path, content)
  const file = await open(path)
  return await measureVideoTables(file).finally(() => file.close())
}

t.test('measures the tables of the video track, also of a moov after mdat', async (t) => {
  const content = Buffer.concat([
    box('ftyp'),
    box('mdat', Buffer.alloc(99)),
    box('moov', box('mvhd'), track('soun', 1000), track('vide', 92))
  ])
  t.equal(await measure(t.testdir(), content), 100)
})

t.test('rejects a file without a moov box or a video track', async (t) => {
  await t.rejects(measure(t.testdir(), box('ftyp')), /no moov/)
  await t.rejects(measure(t.testdir(), box('moov', track('soun', 1))), /no video/)
})
