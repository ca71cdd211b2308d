import t from 'tap'
import { completeStoryboardOptions, describeStoryboard, tileTimes } from '../../src/options/storyboard-options.ts'

const moments = (interval: string, duration: number | null) =>
  tileTimes(completeStoryboardOptions({ interval }), duration)

t.test('plans about a hundred moments, not less than a second apart', async (t) => {
  t.same([moments('auto', 7200).length, moments('auto', 7200)[1]], [100, 72_000_000])
  t.same(moments('auto', 3.5), [0, 1e6, 2e6, 3e6])
  t.same([moments('auto', 0.4), moments('auto', 0), moments('auto', null)], [[0], [0], [0]])
})

t.test('plans moments at an interval, the last before the end', async (t) => {
  t.same(moments('5s', 15), [0, 5e6, 10e6])
  t.same(moments('5s', 15.1), [0, 5e6, 10e6, 15e6])
  t.equal(moments('7.2s', 7200).length, 1000)
  t.throws(() => moments('5s', 7200), { code: 'video_limits_exceeded', message: /1440 tiles/ })
})

t.test('writes equal questions alike, and what is no part of the pictures not at all', async (t) => {
  const describe = (options: Parameters<typeof completeStoryboardOptions>[0]) =>
    describeStoryboard(completeStoryboardOptions(options))
  t.equal(describe({ interval: '60s' }), describe({ interval: '1m', expires: 60, regenerate: true }))
  for (const other of [
    { interval: '61s' },
    { columns: 4 },
    { width: 161 },
    { format: 'webp' },
    { quality: 79 },
    { mode: 'exact' }
  ] as const) { t.not(describe(other), describe({})) }
})
