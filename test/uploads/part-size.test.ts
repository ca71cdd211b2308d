import fc from 'fast-check'
import t from 'tap'
import { choosePartSize, MAX_OBJECT_BYTES, measurePart } from '../../src/uploads/part-size.ts'

const MIB = 2 ** 20

t.test('chooses parts within the limits of S3', async (t) => {
  t.same(choosePartSize(1), { partBytes: 16 * MIB, partCount: 1 })
  t.same(choosePartSize(16 * MIB), { partBytes: 16 * MIB, partCount: 1 })
  t.same(choosePartSize(16 * MIB + 1), { partBytes: 16 * MIB, partCount: 2 })
  t.same(choosePartSize(2 ** 31), { partBytes: 16 * MIB, partCount: 128 })
  t.ok(choosePartSize(MAX_OBJECT_BYTES).partCount <= 10_000)
  t.ok(choosePartSize(MAX_OBJECT_BYTES).partBytes <= 5 * 2 ** 30)
})

t.test('all parts together have the size of the file, and only the last is shorter', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_OBJECT_BYTES }), (bytes) => {
      const { partBytes, partCount } = choosePartSize(bytes)
      const last = measurePart(bytes, partBytes, partCount)
      return (
        partCount <= 10_000 &&
        partBytes >= 5 * MIB &&
        last >= 1 &&
        last <= partBytes &&
        (partCount - 1) * partBytes + last === bytes &&
        (partCount === 1 || measurePart(bytes, partBytes, 1) === partBytes)
      )
    })
  )
})
