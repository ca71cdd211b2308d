import t from 'tap'
import { readRotation } from '../../../src/video/decode/predict-frame-info.ts'
import { makeTurnMatrix, turnFilters } from '../../../src/video/decode/turn-filters.ts'

const ONE = 0x10000
const matrix = (a: number, b: number, c: number, d: number) => [a, b, 0, c, d, 0, 0, 0, 0x40000000]

t.test('rotates and mirrors by the display matrix', async (t) => {
  const cases: Array<[what: string, matrix: number[], filters: string[]]> = [
    ['upright', matrix(ONE, 0, 0, ONE), []],
    ['a quarter clockwise', matrix(0, ONE, -ONE, 0), ['transpose=clock']],
    ['half', matrix(-ONE, 0, 0, -ONE), ['hflip', 'vflip']],
    ['a quarter anticlockwise', matrix(0, -ONE, ONE, 0), ['transpose=cclock']],
    ['mirrored', matrix(-ONE, 0, 0, ONE), ['hflip']],
    ['upside down', matrix(ONE, 0, 0, -ONE), ['vflip']],
    ['a quarter and mirrored', matrix(0, ONE, ONE, 0), ['transpose=cclock_flip']],
    ['three quarters and mirrored', matrix(0, -ONE, -ONE, 0), ['transpose=clock_flip']],
    ['empty', matrix(0, 0, 0, 0), []],
    ['missing', [], []]
  ]
  for (const [what, of, filters] of cases) t.same(turnFilters(of), filters, what)
})

t.test('makes the matrices of quarter turns', async (t) => {
  for (const degrees of [0, 90, 180, 270]) t.equal(readRotation(makeTurnMatrix(degrees)), degrees)
  t.same(makeTurnMatrix(90), matrix(0, ONE, -ONE, 0))
})
