import t from 'tap'
import { judge } from '../../../bench/thumbnails/goals.ts'
import type { InputResult, Results } from '../../../bench/thumbnails/results.ts'
import type { Sample } from '../../../bench/thumbnails/sample.ts'

const target = { keySeconds: 0, keyBytes: 50_000, frameSeconds: 8, framesOn: 238, packets: 238, spanBytes: 2_000_000 }
const sample = (own: Partial<Sample>): Sample => ({
  way: 'e',
  input: '2h-moov-first',
  seek: 'keyframe',
  index: 'cold',
  ms: 100,
  bytes: 1_000_000,
  requests: 3,
  runs: 3,
  reads: 3,
  roundTrips: 3,
  cpuSeconds: 0.1,
  peakBytes: 1e8,
  scratchBytes: 1000,
  isTimedOut: false,
  code: null,
  methods: '',
  told: null,
  ...own
})
const results = (samples: readonly Sample[]): Results => ({
  startedAt: '',
  command: '',
  machine: [],
  throughput: null,
  referenceOnly: [],
  inputs: [
    {
      input: { name: '2h-moov-first', minutes: 120, layout: 'moov first', about: '' },
      info: {
        bytes: 1.7e9,
        durationSeconds: 7200,
        framesPerSecond: 30,
        tableBytes: 900_000,
        first: target,
        second: target
      },
      samples,
      sights: {},
      floors: {},
      troubles: []
    } satisfies InputResult
  ]
})
const find = (samples: readonly Sample[], measure: string) =>
  judge(results(samples)).find((bar) => bar.measure === measure)

t.test('holds times against the rivals', async (t) => {
  const url = sample({ way: 'c', index: null, ms: 125 })
  const name = 'time, cold, key frame, 2h-moov-first, over (c)'
  t.match(find([sample({}), url], name), { measured: '0.8', verdict: 'pass' })
  t.match(find([sample({ ms: 101 }), url], name), { measured: '0.808', verdict: 'MISS' })
  t.match(
    find([sample({}), { ...url, ms: 110, isTimedOut: true }], name),
    { measured: '< 0.909', verdict: 'not measured' },
    'a rival that was stopped'
  )
  t.match(find([sample({}), { ...url, isTimedOut: true }], name), { measured: '< 0.8', verdict: 'pass' })
  t.match(find([sample({})], name), { measured: '', verdict: 'not measured' })
})

t.test('holds the way with libav against its own bars', async (t) => {
  const url = sample({ way: 'c', index: null, ms: 200 })
  const name = 'with libav: time, cold, key frame, 2h-moov-first, over (c)'
  t.match(find([sample({ way: 'l' }), url], name), { bar: '<= 0.5', measured: '0.5', verdict: 'pass' })
  t.match(find([sample({ way: 'l', ms: 101 }), url], name), { verdict: 'MISS' })
  t.match(find([sample({}), url], name), { verdict: 'not measured' })
  const throughput = {
    input: '2h-moov-first',
    thumbnails: 40,
    rounds: [
      { way: 'k', perSecond: 5, cpuSeconds: 0.3 },
      { way: 'e', perSecond: 10, cpuSeconds: 0.2 },
      { way: 'l', perSecond: 16, cpuSeconds: 0.1 }
    ]
  } as const
  const bars = judge({ ...results([]), throughput }).filter(
    ({ measure }) => measure.startsWith('with libav') && /4 callers|CPU/.test(measure)
  )
  t.match(bars, [
    { measured: '3.2', verdict: 'pass' },
    { measured: '0.5', verdict: 'pass' }
  ])
})

t.test('holds requests against the layout', async (t) => {
  t.match(find([sample({ reads: 4 })], 'reads of the video before the PUT, key frame, 2h-moov-first'), {
    bar: '<= 3',
    verdict: 'MISS'
  })
  t.match(find([sample({ reads: 4, seek: 'exact' })], 'reads of the video before the PUT, exact, 2h-moov-first'), {
    bar: '<= 4',
    verdict: 'pass'
  })
})

t.test('rules a faster picture out that is another one', async (t) => {
  const one = {
    input: '10min-camera',
    packets: 239,
    neededPackets: 90,
    wholeMs: 200,
    neededMs: 100,
    isIdentical: false
  }
  const [bar] = judge({ ...results([]), inputs: [], referenceOnly: [one] }).filter(({ measure }) =>
    measure.startsWith('reference-only')
  )
  t.match(bar, { measured: '2', verdict: 'MISS' })
})
