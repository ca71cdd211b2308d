import t from 'tap'
import { MAX_RESTARTS, RestartFinder } from '../../../src/video/decode/restart-finder.ts'

type Row = readonly [track: number, seconds: number, position: number]

function findIn (rows: readonly Row[]): readonly number[] {
  const finder = new RestartFinder(0)
  for (const row of rows) finder.take(...row)
  return finder.restarts
}

/** Rows of a track at 25 packets a second. */
const run = (track: number, from: number, count: number, position: number): Row[] =>
  Array.from({ length: count }, (_, index) => [track, from + index / 25, position + index * 1000])

t.test('finds where the clock goes back and stays back', async (t) => {
  t.same(findIn([...run(0, 10, 50, 1), ...run(0, 10, 50, 100_000)]), [100_000])
  t.same(findIn([...run(0, 10, 50, 1), ...run(0, 0, 50, 100_000), ...run(0, 0.5, 9, 200_000)]), [100_000, 200_000])
})

t.test('cuts before the sound of the new recording', async (t) => {
  t.same(findIn([
    ...run(0, 10, 50, 1),
    ...run(1, 10, 50, 500),
    ...run(1, 3, 5, 90_000),
    ...run(0, 3, 50, 100_000)
  ]), [90_000])
})

t.test('ignores wrong times, clocks that wrap, jump ahead or go back a little, and unknown times', async (t) => {
  t.same(findIn([...run(0, 10, 50, 1), [0, 3, 60_000], ...run(0, 12, 50, 61_000)]), [], 'one wrong time')
  const late: Row[] = [[0, 3, 70_000], [0, 3.04, 71_000]]
  t.same(findIn([...run(0, 10, 50, 1), ...late]), [], 'at the end')
  t.same(findIn([...run(0, 95_443, 50, 1), ...run(0, 0, 50, 100_000)]), [], '33 bits')
  t.same(findIn([...run(0, 10, 50, 1), ...run(0, 5000, 50, 100_000)]), [], 'ahead')
  t.same(findIn([...run(0, 10, 50, 1), ...run(0, 11.7, 50, 100_000)]), [], '0.3 s')
  t.same(findIn([...run(0, 10, 50, 1), ...run(0, NaN, 50, 100_000)]), [], 'unknown')
})

t.test('compares each track with itself, as programs may have clocks of their own', async (t) => {
  const rows = run(0, 1000, 50, 1).flatMap((row, index): Row[] => [row, [1, index / 25, index * 1000 + 500]])
  t.same(findIn(rows), [])
})

t.test('stops counting after too many', async (t) => {
  const rows = Array.from({ length: 500 }, (_, part) => run(0, 10, 20, 1 + part * 100_000)).flat()
  t.equal(findIn(rows).length, MAX_RESTARTS + 1)
})
