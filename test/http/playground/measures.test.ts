import t from 'tap'
import {
  formatBytes,
  formatClock,
  formatMs,
  formatShare,
  parseServerTiming
} from '../../../src/http/playground/measures.js'

t.test('formats bytes with three digits and a unit', async (t) => {
  const cases = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [420_811, '421 kB'],
    [999_499, '999 kB'],
    [999_501, '1.00 MB'],
    [1_977_329_021, '1.98 GB'],
    [5e15, '5.00e+3 TB']
  ] as const
  for (const [bytes, text] of cases) t.equal(formatBytes(bytes), text)
})

t.test('formats a share with two significant digits', async (t) => {
  for (const [part, whole, text] of [
    [1, 2, '50%'],
    [2_097_152, 1_977_329_021, '0.11%'],
    [1, 1e9, 'less than 0.01%'],
    [0, 10, '0%'],
    [20, 10, '200%'],
    [1, 0, '']
  ] as const) {
    t.equal(formatShare(part, whole), text)
  }
})

t.test('formats a timestamp like a player, and rounds across a minute', async (t) => {
  for (const [seconds, text] of [
    [0, '0:00.00'],
    [12.48, '0:12.48'],
    [59.996, '1:00.00'],
    [62.5, '1:02.50'],
    [3602.5, '1:00:02.50']
  ] as const) { t.equal(formatClock(seconds), text) }
})

t.test('returns the steps with a duration and ignores other entries', async (t) => {
  t.same(parseServerTiming('index;dur=1.2, fetch;desc="a";dur=40.0'), [
    { step: 'index', ms: 1.2 },
    { step: 'fetch', ms: 40 }
  ])
  t.same(parseServerTiming('cache, miss;dur=x, ;dur=1'), [])
  t.same(parseServerTiming(''), [])
  t.equal(formatMs(1.25), '1.3 ms')
  t.equal(formatMs(213.4), '213 ms')
})
