import t from 'tap'
import type { ByteRange } from '../../../src/store/object-store.ts'
import { coalesceRanges, mergeIntervals } from '../../../src/video/source/range-coalescing.ts'
import { createRandom } from '../../support/random.ts'

const TIGHT = { overshoot: 0.15, slackBytes: 0, maxRanges: 16 }
const range = (start: number, end: number): ByteRange => ({ start, end })

const cases: ReadonlyArray<[name: string, pieces: ByteRange[], ranges: ByteRange[]]> = [
  ['returns no ranges for no pieces', [], []],
  ['returns one range for one piece', [range(10, 20)], [range(10, 20)]],
  ['ignores an empty piece', [range(10, 10), range(20, 30)], [range(20, 30)]],
  ['merges pieces that touch', [range(0, 10), range(10, 20)], [range(0, 20)]],
  ['merges pieces that overlap, in any order', [range(15, 40), range(0, 20), range(5, 8)], [range(0, 40)]],
  ['reads over a small gap', [range(0, 100), range(110, 200)], [range(0, 200)]],
  ['does not read over a large gap', [range(0, 100), range(200, 300)], [range(0, 100), range(200, 300)]],
  ['reads over the smallest gaps first', [range(0, 100), range(120, 200), range(205, 300)], [range(0, 300)]],
  [
    'stops reading over gaps at the limit',
    [range(0, 100), range(140, 200), range(210, 300)],
    [range(0, 100), range(140, 300)]
  ]
]

for (const [name, pieces, ranges] of cases) {
  t.test(name, async (t) => t.same(coalesceRanges(pieces, TIGHT), ranges))
}

t.test('merges intervals that overlap or touch, in ascending order', async (t) => {
  const intervals = [range(30, 40), range(0, 10), range(10, 12), range(35, 36), range(5, 6)]
  t.same(mergeIntervals(intervals), [range(0, 12), range(30, 40)])
  t.same(mergeIntervals([range(0, 10), range(11, 12)]), [range(0, 10), range(11, 12)], 'a gap of one')
  t.equal(intervals[0]?.start, 30, 'the argument is not sorted in place')
})

t.test('reads over the sound between consecutive frames', async (t) => {
  const pieces = Array.from({ length: 250 }, (_, index) => range(index * 10_000, index * 10_000 + 9_000))
  t.same(coalesceRanges(pieces), [range(0, 2_499_000)])
})

t.test('reads distant key frames one by one', async (t) => {
  const pieces = Array.from({ length: 8 }, (_, index) => range(index * 1e8, index * 1e8 + 40_000))
  t.same(coalesceRanges(pieces), pieces)
})

t.test('never exceeds the limit of ranges, whatever the gaps cost', async (t) => {
  const pieces = Array.from({ length: 40 }, (_, index) => range(index * 1e6 * index, index * 1e6 * index + 1))
  const ranges = coalesceRanges(pieces, { ...TIGHT, maxRanges: 4 })
  t.equal(ranges.length, 4)
  t.same(ranges[0]?.start, 0)
})

t.test('covers all pieces in ascending ranges within the limits', async (t) => {
  const random = createRandom(7)
  for (let round = 0; round < 300; round++) {
    const pieces = Array.from({ length: 1 + Math.floor(random() * 15) }, () => {
      const start = Math.floor(random() * 100_000)
      return range(start, start + 1 + Math.floor(random() * 5_000))
    })
    const ranges = coalesceRanges(pieces, { overshoot: 0.15, slackBytes: 1_000, maxRanges: 16 })
    const isCovered = pieces.every(({ start, end }) => ranges.some((range) => range.start <= start && end <= range.end))
    const isAscending = ranges.every(
      ({ start, end }, index) => start < end && (index === 0 || start > ranges[index - 1]!.end)
    )
    const bytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0)
    const isLittle = bytes <= countBytes(pieces) * 1.15 + 1_000
    if (!isCovered || !isAscending || !isLittle) t.fail(`round ${round}`, { pieces, ranges })
  }
  t.pass('300 sets of pieces')
})

function countBytes (pieces: readonly ByteRange[]): number {
  const sorted = pieces.toSorted((one, other) => one.start - other.start)
  let [bytes, end] = [0, 0]
  for (const piece of sorted) {
    bytes += Math.max(0, piece.end - Math.max(end, piece.start))
    end = Math.max(end, piece.end)
  }
  return bytes
}
