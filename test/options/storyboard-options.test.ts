import t from 'tap'
import { completeStoryboardOptions, describeStoryboard, tileTimes } from '../../src/options/storyboard-options.ts'

const times = (interval: string | number, duration: number | null) =>
  tileTimes(completeStoryboardOptions({ interval }), duration)

t.test('spreads about a hundred tiles, at least a second apart', async (t) => {
  t.same([times('auto', 7200).length, times('auto', 7200)[1]], [100, 72_000_000])
  t.same(times('auto', 3.5), [0, 1e6, 2e6, 3e6])
  t.same([times('auto', 0.4), times('auto', 0), times('auto', null)], [[0], [0], [0]])
})

t.test('places tiles at an interval, the last before the end', async (t) => {
  t.same(times('5s', 15), [0, 5e6, 10e6])
  t.same(times('5s', 15.1), [0, 5e6, 10e6, 15e6])
  t.same(times(5, 15), [0, 5e6, 10e6])
  t.same(times(' 5 ', 15), [0, 5e6, 10e6])
  t.equal(times(' auto ', 7200).length, 100)
  t.equal(times('7.2s', 7200).length, 1000)
  t.throws(() => times('5s', 7200), { code: 'video_limits_exceeded', message: /1440 tiles/ })
})

t.test('describes equal options alike, without those that do not change the sheets', async (t) => {
  const describe = (options: Parameters<typeof completeStoryboardOptions>[0]) =>
    describeStoryboard(completeStoryboardOptions(options))
  t.equal(describe({ interval: 60 }), describe({ interval: '1m', expires: 60, regenerate: true, format: 'jpg' }))
  for (const interval of ['100%', 'last', '0.05', 0.05, -5]) {
    t.throws(() => describe({ interval }), { code: 'invalid_request', message: /^'interval' is '/ }, String(interval))
  }
  for (const other of [
    { interval: '61s' },
    { columns: 4 },
    { width: 161 },
    { format: 'webp' },
    { quality: 79 },
    { mode: 'exact' }
  ] as const) { t.not(describe(other), describe({})) }
})
