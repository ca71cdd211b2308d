import t from 'tap'
import { judgeGoals } from '../../../bench/thumbnails/goals.ts'
import type { InputResult, Results } from '../../../bench/thumbnails/results.ts'
import type { Sample } from '../../../bench/thumbnails/sample.ts'

const target = { keySeconds: 0, keyBytes: 50_000, frameSeconds: 8, framesOn: 238, packets: 238, spanBytes: 2_000_000 }
const sample = (changes: Partial<Sample>): Sample => ({
  contestant: 'posterframeFfmpeg',
  input: '2h-moov-first',
  seek: 'keyframe',
  index: 'cold',
  ms: 100,
  bytes: 1_000_000,
  requests: 3,
  mergedRequests: 3,
  videoReads: 3,
  roundTrips: 3,
  cpuSeconds: 0.1,
  peakBytes: 1e8,
  scratchBytes: 1000,
  isTimedOut: false,
  barcode: null,
  methods: '',
  report: null,
  ...changes
})
const results = (samples: readonly Sample[], throughput: Results['throughput'] = null): Results => ({
  startedAt: '',
  command: '',
  machine: [],
  throughput,
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
      observations: {},
      lowerBounds: {},
      problems: []
    } satisfies InputResult
  ]
})
const find = (samples: readonly Sample[], measure: string) =>
  judgeGoals(results(samples)).find((goal) => goal.measure === measure)
const onUrl = sample({ contestant: 'ffmpegOnUrl', index: null, ms: 125 })

t.test('compares times with those of ffmpeg', async (t) => {
  const measure = 'time, cold, key frame, 2h-moov-first: Posterframe (ffmpeg program) over `ffmpeg -ss T -i URL`'
  t.match(find([sample({}), onUrl], measure), { measured: '0.8', verdict: 'met' })
  t.match(find([sample({ ms: 101 }), onUrl], measure), { measured: '0.808', verdict: 'MISSED' })
  t.match(find([sample({})], measure), { measured: '', verdict: 'not measured' })
})

t.test('treats the time of a stopped contestant as a lower bound', async (t) => {
  const measure = 'time, cold, key frame, 2h-moov-first: Posterframe (ffmpeg program) over `ffmpeg -ss T -i URL`'
  t.match(find([sample({}), { ...onUrl, isTimedOut: true }], measure), { measured: '< 0.8', verdict: 'met' })
  t.match(find([sample({}), { ...onUrl, ms: 110, isTimedOut: true }], measure), {
    measured: '< 0.909',
    verdict: 'not measured'
  })
})

t.test('has goals of its own for libav', async (t) => {
  const measure = 'time, cold, key frame, 2h-moov-first: Posterframe (libav) over `ffmpeg -ss T -i URL`'
  const libav = sample({ contestant: 'posterframeLibav', ms: 60 })
  t.match(find([libav, onUrl], measure), { limit: '<= 0.5', measured: '0.48', verdict: 'met' })
  t.match(find([{ ...libav, ms: 63 }, onUrl], measure), { verdict: 'MISSED' })
  t.match(find([sample({}), onUrl], measure), { verdict: 'not measured' })
})

t.test('judges throughput by ratios of rates, and of CPU time', async (t) => {
  const rounds = [
    { contestant: 'ffmpegKeyFrameOnUrl', perSecond: 5, cpuSeconds: 0.3 },
    { contestant: 'posterframeFfmpeg', perSecond: 10, cpuSeconds: 0.2 },
    { contestant: 'posterframeLibav', perSecond: 14, cpuSeconds: 0.1 }
  ] as const
  const goals = judgeGoals(results([], { input: '2h-moov-first', thumbnails: 40, rounds })).filter(({ measure }) =>
    /4 callers|CPU time/.test(measure)
  )
  t.match(goals, [
    { measured: '2', verdict: 'met' },
    { measured: '2.8', verdict: 'MISSED' },
    { measured: '', verdict: 'not measured' },
    { measured: '0.5', verdict: 'met' }
  ])
})

t.test('allows as many reads of the video as its layout needs', async (t) => {
  t.match(find([sample({ videoReads: 4 })], 'reads of the video, key frame, 2h-moov-first'), {
    limit: '<= 3',
    verdict: 'MISSED'
  })
  t.match(find([sample({ videoReads: 4, seek: 'exact' })], 'reads of the video, exact frame, 2h-moov-first'), {
    limit: '<= 4',
    verdict: 'met'
  })
})
