import t from 'tap'
import { BitReader, unescapePayload } from '../../../src/video/bitstream/bit-reader.ts'
import { golomb, packBits } from './bits.ts'

t.test('reads numbers and codes', async (t) => {
  const bits = new BitReader(
    packBits(`1 0 11111111111111111111111111111111 ${[0, 1, 7, 254, 65535].map(golomb).join(' ')}`)
  )
  t.equal(bits.readFlag(), true)
  t.equal(bits.readFlag(), false)
  t.equal(bits.readBits(32), 0xffffffff)
  t.same(
    [0, 0, 0, 0, 0].map(() => bits.readUnsignedGolomb()),
    [0, 1, 7, 254, 65535]
  )
})

t.test('reads signed codes', async (t) => {
  const bits = new BitReader(packBits([0, 1, 2, 3, 4].map(golomb).join('')))
  t.same(
    [0, 0, 0, 0, 0].map(() => bits.readSignedGolomb()),
    [0, 1, -1, 2, -2]
  )
})

t.test('rejects truncated data and numbers out of range', async (t) => {
  t.throws(() => new BitReader(Buffer.alloc(0)).readFlag(), { name: 'RangedExtractionError' })
  t.throws(() => new BitReader(Buffer.alloc(20)).readUnsignedGolomb(), { name: 'RangedExtractionError' })
})

t.test('removes emulation prevention bytes', async (t) => {
  const cases: Array<[string, string]> = [
    ['00000301', '000001'],
    ['0000030000030003', '000000000003'],
    ['000003', '0000'],
    ['00030003', '00030003']
  ]
  for (const [escaped, plain] of cases) {
    t.equal(Buffer.from(unescapePayload(Buffer.from(escaped, 'hex'), 100)).toString('hex'), plain)
  }
  t.equal(unescapePayload(Buffer.alloc(50, 1), 10).length, 10)
})
