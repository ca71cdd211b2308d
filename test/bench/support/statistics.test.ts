import t from 'tap'
import { findMean, findMedian, findP95 } from '../../../bench/support/statistics.ts'

t.test('finds the median', async (t) => {
  t.equal(findMedian([30, 1, 2]), 2)
  t.equal(findMedian([4, 1, 2, 3]), 2.5)
  t.ok(Number.isNaN(findMedian([])))
})

t.test('finds the 95th percentile', async (t) => {
  t.equal(findP95(Array.from({ length: 100 }, (_, order) => 100 - order)), 95)
  t.equal(findP95([1, 9, 3]), 9)
})

t.test('finds the mean', async (t) => {
  t.equal(findMean([1, 2, 6]), 3)
})
