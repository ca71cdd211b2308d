import t from 'tap'
import { iterateNalUnits, readLengthBytes } from '../../../src/video/bitstream/nal-units.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const units = (hex: string, lengthBytes: 1 | 2 | 4) =>
  [...iterateNalUnits(bytes(hex), lengthBytes)].map((unit) => unit.toString('hex'))

t.test('splits a packet into units by their lengths', async (t) => {
  t.same(units('00000002 6501 00000001 09', 4), ['6501', '09'])
  t.same(units('0002 6501 0001 09', 2), ['6501', '09'])
  t.same(units('02 6501', 1), ['6501'])
  t.same(units('', 4), [])
})

t.test('rejects malformed packets', async (t) => {
  for (const hex of ['000000', '00000003 6501', 'ffffffff 65', '00000000', '00000001 65 0000']) {
    t.throws(() => units(hex, 4), { name: 'RangedExtractionError' }, hex)
  }
  t.throws(() => units('01 00 '.repeat(10_001), 1), { name: 'RangedExtractionError', message: /too many/ })
})

t.test('reads the size of a length', async (t) => {
  const avc = (byte: number) => ({ codec: 'h264' as const, codecConfig: Buffer.from([1, 100, 0, 31, byte]) })
  for (const [byte, length] of [
    [0xff, 4],
    [0xfd, 2],
    [0xfc, 1],
    [3, 4]
  ] as const) { t.equal(readLengthBytes(avc(byte)), length) }
  const hevc = Buffer.alloc(23)
  hevc[21] = 0x0f
  t.equal(readLengthBytes({ codec: 'hevc', codecConfig: hevc }), 4)
  t.throws(() => readLengthBytes(avc(0xfe)), { name: 'RangedExtractionError' }, '3 bytes are forbidden')
  t.throws(() => readLengthBytes({ codec: 'h264', codecConfig: Buffer.alloc(4) }), { name: 'RangedExtractionError' })
  t.throws(() => readLengthBytes({ codec: 'vp9', codecConfig: Buffer.alloc(40) }), { name: 'RangedExtractionError' })
})
