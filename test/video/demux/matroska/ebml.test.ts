import t from 'tap'
import {
  listElements,
  mapElements,
  readElementHeader,
  readFloat,
  readUnsigned
} from '../../../../src/video/demux/matroska/ebml.ts'
import { isShownFrame } from '../../../../src/video/demux/matroska/is-shown-frame.ts'
import { float, number, text } from '../../../support/ebml-builder.ts'
import { RangedExtractionError } from '../../../../src/video/media/ranged-extraction-error.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')

t.test('reads headers of every length', async (t) => {
  t.same(readElementHeader(hex('ec 81 00')), { id: 0xec, headerBytes: 2, size: 1 })
  t.same(readElementHeader(hex('4286 4002')), { id: 0x4286, headerBytes: 4, size: 2 })
  t.same(readElementHeader(hex('1a45dfa3 0100000000000123')), { id: 0x1a45dfa3, headerBytes: 12, size: 0x123 })
  t.same(readElementHeader(hex('1f43b675 ff')), { id: 0x1f43b675, headerBytes: 5, size: undefined })
  t.same(readElementHeader(hex('1f43b675 01ffffffffffffff')), { id: 0x1f43b675, headerBytes: 12, size: undefined })
  for (const bad of ['', '00', '08000000 81', 'ec', 'ec 40', 'ec 00', 'ec 01fffffffffffffe']) {
    t.throws(() => readElementHeader(hex(bad)), RangedExtractionError, bad)
  }
})

t.test('reads elements one level deep, and none past their end', async (t) => {
  const body = Buffer.concat([number(0xd7, 7), text(0x86, 'V_VP9'), number(0xd7, 8), float(0xb5, 44100)])
  t.same(
    listElements(body).map(({ id }) => id),
    [0xd7, 0x86, 0xd7, 0xb5]
  )
  const elements = mapElements(body)
  t.equal(readUnsigned(elements.get(0xd7), 0), 8)
  t.equal(readFloat(elements.get(0xb5), 0), 44100)
  t.equal(readUnsigned(elements.get(0xec), 5), 5)
  t.equal(readUnsigned(hex('01 0000'), 0), 65536)
  t.throws(() => readUnsigned(hex('ffffffffffffffff'), 0), RangedExtractionError)
  t.throws(() => listElements(body.subarray(0, -1)), RangedExtractionError)
  t.throws(() => listElements(Buffer.alloc(20_002, hex('ec80'))), RangedExtractionError)
})

t.test('knows packets that show no picture of their own', async (t) => {
  const cases: ReadonlyArray<readonly [Parameters<typeof isShownFrame>[0], string, boolean]> = [
    ['vp8', '10 00', true],
    ['vp8', '11 00', true],
    ['vp8', '01 00', false],
    ['vp9', '82 49', true],
    ['vp9', '80 49', false],
    ['vp9', '88 00', true],
    ['vp9', '84 00', false],
    ['vp9', '80 49 c0', true],
    ['vp9', 'b1 00', true],
    ['vp9', 'b0 00', false],
    ['h264', '00', true]
  ]
  for (const [codec, data, isShown] of cases) t.equal(isShownFrame(codec, hex(data)), isShown, `${codec} ${data}`)
})
