import t from 'tap'
import { readRotation } from '../../../src/video/media/display-matrix.ts'

const ONE = 65536

t.test('reads the rotation of a display matrix', async (t) => {
  const cases: Array<[string, number[], number]> = [
    ['upright', [ONE, 0, 0, 0, ONE, 0, 0, 0, 2 ** 30], 0],
    ['a quarter clockwise', [0, ONE, 0, -ONE, 0, 0, 0, 0, 2 ** 30], 90],
    ['half', [-ONE, 0, 0, 0, -ONE, 0, 0, 0, 2 ** 30], 180],
    ['a quarter anticlockwise', [0, -ONE, 0, ONE, 0, 0, 0, 0, 2 ** 30], 270],
    ['a quarter and mirrored', [0, ONE, 0, ONE, 0, 0, 0, 0, 2 ** 30], 90],
    ['eight degrees', [64898, 9121, 0, -9121, 64898, 0, 0, 0, 2 ** 30], 0],
    ['scaled', [0, 2 * ONE, 0, -2 * ONE, 0, 0, 0, 0, 2 ** 30], 90],
    ['nothing', [0, 0, 0, 0, 0, 0, 0, 0, 0], 0]
  ]
  for (const [what, matrix, rotation] of cases) t.equal(readRotation(matrix), rotation, what)
})
