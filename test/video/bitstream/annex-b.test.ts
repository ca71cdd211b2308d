import t from 'tap'
import { buildAvcConfig, isAnnexB, splitAnnexB, toLengthPrefixed } from '../../../src/video/bitstream/annex-b.ts'
import { RangedExtractionError } from '../../../src/video/media/ranged-extraction-error.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')

t.test('splits a byte stream at start codes of both lengths, without the zeros between units', async (t) => {
  const stream = hex('00000001 09f0 000001 6742c015 00000001 68ce 0000 000001 6588')
  t.same(splitAnnexB(stream).map((unit) => unit.toString('hex')), ['09f0', '6742c015', '68ce', '6588'])
  t.equal(toLengthPrefixed(hex('000001 65880000 000001 41')).toString('hex'), '0000000265880000000141')
  t.ok(isAnnexB(stream))
  for (const bad of ['', '000001', '00000002 65']) {
    t.notOk(isAnnexB(hex(bad)))
    t.throws(() => splitAnnexB(hex(bad)), RangedExtractionError, bad)
  }
  t.throws(() => splitAnnexB(Buffer.alloc(40_004, hex('00000141'))), RangedExtractionError, 'too many units')
})

t.test('builds a decoder configuration of the parameter sets in a key frame', async (t) => {
  const config = buildAvcConfig(hex('00000001 6742c0158c 00000001 68ce3c 00000001 6588'))
  t.equal(config?.toString('hex'), '0142c015ffe100056742c0158c01000368ce3c')
  t.equal(buildAvcConfig(hex('000001 6588')), undefined)
  t.equal(buildAvcConfig(hex('000001 6742c0158c 000001 6588')), undefined, 'without a picture parameter set')
})
