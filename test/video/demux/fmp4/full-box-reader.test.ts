import t from 'tap'
import { FullBoxReader } from '../../../../src/video/demux/fmp4/full-box-reader.ts'
import { box, place, words } from './boxes.ts'

function open (...parts: Buffer[]): FullBoxReader {
  const { window, box: placed } = place(box('tfhd', ...parts), 5000)
  return new FullBoxReader(window, placed)
}

t.test('reads version, flags and fields one after the other', async (t) => {
  const reader = open(words(0x01000003, 7, 2, 5, 9))
  t.same([reader.version, reader.flags], [1, 3])
  t.equal(reader.readUint32(), 7)
  t.equal(reader.readUint64(), 2 ** 33 + 5)
  t.same([reader.position, reader.remainingBytes], [8 + 4 + 12, 4])
})

t.test('reads an optional field only if its flag is set', async (t) => {
  const reader = open(words(0x000009, 1, 2, 3))
  t.equal(reader.readOptionalUint64(0x1), 2 ** 32 + 2)
  t.equal(reader.readOptionalUint32(0x2), undefined)
  t.equal(reader.readOptionalUint64(0x4), undefined)
  t.equal(reader.readOptionalUint32(0x8), 3)
})

t.test('rejects a box that ends within a field', async (t) => {
  const truncated = { name: 'RangedExtractionError', message: 'the box tfhd is truncated' }
  t.throws(() => open(Buffer.alloc(3)), truncated)
  t.throws(() => open(words(0, 1)).readUint64(), truncated)
  t.throws(() => open(words(1)).readOptionalUint32(1), truncated)
  t.equal(open(words(0)).readOptionalUint32(1), undefined)
})
