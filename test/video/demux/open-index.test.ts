import t from 'tap'
import { openIndex } from '../../../src/video/demux/open-index.ts'
import { createCountingReader } from '../../support/counting-reader.ts'

t.test('leaves a container without an index to the full download', async (t) => {
  const flv = Buffer.concat([Buffer.from('FLV\x01\x05\0\0\0\x09', 'latin1'), Buffer.alloc(1000)])
  const transportStream = Buffer.alloc(188 * 30)
  for (let at = 0; at < transportStream.length; at += 188) transportStream[at] = 0x47
  for (const [name, data] of Object.entries({ flv, mpegts: transportStream })) {
    const expected = { name: 'RangedExtractionError', message: RegExp(name) }
    await t.rejects(openIndex(createCountingReader(data)), expected, name)
  }
})

t.test('rejects a file without a supported container', async (t) => {
  const reader = createCountingReader(Buffer.from('This is a text file, and a short one.'))
  await t.rejects(openIndex(reader), { code: 'unsupported_media' })
  t.same(reader.reads, [{ start: 0, end: reader.size }])
})
