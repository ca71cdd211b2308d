import t from 'tap'
import { findMovie } from '../../../../src/video/demux/mp4/find-movie.ts'

const box = (type: string, ...body: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(8, type.padStart(8), 'latin1')
  head.writeUInt32BE(8 + Buffer.concat(body).length)
  return Buffer.concat([head, ...body])
}

/** A movie box that declares to have so many bytes when it is expanded. */
function makeCompressed (size: number): Buffer {
  const declared = Buffer.alloc(4)
  declared.writeUInt32BE(size)
  const expanded = box('cmvd', declared, Buffer.alloc(100))
  return Buffer.concat([
    box('ftyp', Buffer.from('qt  ')),
    box('moov', box('cmov', box('dcom', Buffer.from('zlib')), expanded))
  ])
}

const find = async (file: Buffer) =>
  await findMovie({ size: file.length, read: async (start, end) => file.subarray(start, end) })

t.test('rejects a compressed movie box that expands to more than a movie may have', async (t) => {
  for (const size of [96 * 2 ** 20 + 1, 512 * 2 ** 20, 2 ** 32 - 1]) {
    await t.rejects(find(makeCompressed(size)), {
      code: 'video_limits_exceeded',
      message:
        `The compressed movie box of the file has ${size.toLocaleString('en')} bytes, and the limit is 100,663,296. ` +
        'Write the file without a compressed movie box, or split it into shorter videos.'
    })
  }
})

t.test('leaves a smaller one, or one that is cut off, to the decoder', async (t) => {
  await t.rejects(find(makeCompressed(96 * 2 ** 20)), { name: 'RangedExtractionError', message: /compressed/ })
  const cutOff = box('moov', box('cmov', Buffer.alloc(10)))
  await t.rejects(find(cutOff), { name: 'RangedExtractionError', message: /compressed/ })
})
