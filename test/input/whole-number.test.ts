import t from 'tap'
import { readWholeNumber } from '../../src/input/whole-number.ts'

const REFUSED = [NaN, Infinity, -1, 1.5, 2 ** 53, '', ' 1', '-1', '1.5', '1e3', '0x10', '9'.repeat(16), null, {}, []]

t.test('reads whole numbers and refuses everything else', async (t) => {
  for (const [value, expected] of [
    [0, 0],
    ['0', 0],
    ['0123', 123],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ...REFUSED.map((other) => [other, undefined] as const)
  ] as const) {
    t.equal(readWholeNumber(value), expected, JSON.stringify(value))
  }
})
