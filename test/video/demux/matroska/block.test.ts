import t from 'tap'
import { readBlockHead, splitLace } from '../../../../src/video/demux/matroska/block.ts'
import { countOpusMicros } from '../../../../src/video/demux/matroska/opus-duration.ts'
import { RangedExtractionError } from '../../../../src/video/media/ranged-extraction-error.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const split = (digits: string, lacing: Parameters<typeof splitLace>[1]) =>
  splitLace(hex(digits), lacing).map((frame) => frame.toString('hex'))

t.test('reads the head of a block', async (t) => {
  t.same(readBlockHead(hex('81 fff6 80')), {
    track: 1,
    relativeTicks: -10,
    isKey: true,
    lacing: 'none',
    headBytes: 4
  })
  t.match(readBlockHead(hex('4081 0001 02')), { track: 129, relativeTicks: 1, lacing: 'xiph', headBytes: 5 })
  t.match(readBlockHead(hex('82 0000 04')), { lacing: 'fixed' })
  t.match(readBlockHead(hex('82 0000 06')), { lacing: 'ebml' })
  for (const bad of ['', '00', '81', '81 0000', '40']) {
    t.throws(() => readBlockHead(hex(bad)), RangedExtractionError, bad)
  }
})

t.test('splits laces of every kind', async (t) => {
  t.same(split('aabb', 'none'), ['aabb'])
  t.same(split('00 aabb', 'xiph'), ['aabb'])
  t.same(split('02 01 02 aa bbbb cccccc', 'xiph'), ['aa', 'bbbb', 'cccccc'])
  t.equal(splitLace(Buffer.concat([hex('01 ff05'), Buffer.alloc(260), hex('dd')]), 'xiph')[0]?.length, 260)
  t.same(split('01 aabb ccdd', 'fixed'), ['aabb', 'ccdd'])
  // 2 bytes, then one less (0xbe is -1), and what is left.
  t.same(split('02 82 be aabb cc dddd', 'ebml'), ['aabb', 'cc', 'dddd'])
})

t.test('rejects laces that are larger than their block', async (t) => {
  const bad = [
    ['', 'xiph'],
    ['01 ff', 'xiph'],
    ['01 05 aa', 'xiph'],
    ['01 aabbcc', 'fixed'],
    ['01 85 aa', 'ebml'],
    ['02 81 80 aa', 'ebml']
  ] as const
  for (const [digits, lacing] of bad) {
    t.throws(() => split(digits, lacing), RangedExtractionError, `${lacing} ${digits}`)
  }
})

t.test('counts how long Opus packets sound', async (t) => {
  const packets = { '': 0, '00': 10_000, fb: 0, fb03: 60_000, f8: 20_000, f9: 40_000, 80: 2500, '1b02': 120_000 }
  for (const [digits, micros] of Object.entries(packets)) t.equal(countOpusMicros(hex(digits)), micros, digits)
})
