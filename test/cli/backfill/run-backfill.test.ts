import t from 'tap'
import { type Journal, NO_JOURNAL } from '../../../src/cli/backfill/journal.ts'
import { createMakeSource, type SourceOutcome } from '../../../src/cli/backfill/process-source.ts'
import { createRateEstimator, formatDuration } from '../../../src/cli/backfill/rate.ts'
import { describeProgress } from '../../../src/cli/backfill/progress.ts'
import { type BackfillPlan, countSources, runBackfill } from '../../../src/cli/backfill/run-backfill.ts'
import type { ListedSource } from '../../../src/cli/backfill/source-list.ts'
import { chooseBackfillExit, createStats } from '../../../src/cli/backfill/stats.ts'
import { PosterframeError } from '../../../src/errors.ts'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import { fakeThumbnail } from '../../support/fake-services.ts'

const MADE: SourceOutcome = { made: 1, found: 0, failures: [], attempts: 1 }
const rules = { outputBucket: 'out', outputPrefix: 'thumbnails/', extensions: undefined }
const { signal } = new AbortController()

function planOf (keys: string[], plan: Partial<BackfillPlan> = {}): BackfillPlan & { taken: number } {
  const whole = {
    taken: 0,
    rules,
    journal: NO_JOURNAL,
    retriesFailed: false,
    concurrency: 3,
    maxFailures: Infinity,
    list: {
      async * open () {
        for (const key of keys) {
          whole.taken++
          yield { bucket: 'videos', key }
        }
      }
    },
    ...plan
  }
  return whole
}

t.test('works on so many at once, and reads no further in the list than it needs', async (t) => {
  const plan = planOf(Array.from({ length: 100 }, (_, number) => `${number}.mp4`))
  let running = 0
  let most = 0
  const ahead: number[] = []
  const done: string[] = []
  await runBackfill(plan, {
    stats: createStats(),
    interruption: signal,
    onOutcome: ({ key }) => {
      done.push(key)
    },
    makeSource: async () => {
      running += 1
      most = Math.max(most, running)
      ahead.push(plan.taken - done.length)
      await new Promise(setImmediate)
      running -= 1
      return MADE
    }
  })
  t.equal(most, 3)
  t.ok(Math.max(...ahead) <= 3)
  t.equal(new Set(done).size, 100)
})

t.test('ends what it has begun when it is interrupted, and begins no more', async (t) => {
  const plan = planOf(Array.from({ length: 100 }, (_, number) => `${number}.mp4`))
  const interruption = new AbortController()
  const written: string[] = []
  const stats = createStats()
  await runBackfill(
    {
      ...plan,
      journal: {
        ...NO_JOURNAL,
        write: ({ key }) => {
          written.push(key)
        }
      }
    },
    {
      stats,
      interruption: interruption.signal,
      onOutcome () {},
      makeSource: async ({ key }) => {
        if (key === '5.mp4') interruption.abort()
        await new Promise(setImmediate)
        return MADE
      }
    }
  )
  t.ok(written.length >= 6 && written.length <= 8, `${written.length}`)
  t.equal(stats.stats.made, written.length)
})

t.test('a list that breaks ends it once what was begun has ended', async (t) => {
  const broken = new PosterframeError('store_unavailable')
  const list = {
    async * open (): AsyncGenerator<ListedSource> {
      yield { bucket: 'videos', key: 'a.mp4' }
      yield { bucket: 'videos', key: 'b.mp4' }
      throw broken
    }
  }
  const stats = createStats()
  await t.rejects(
    runBackfill(planOf([], { list }), {
      stats,
      interruption: signal,
      onOutcome () {},
      makeSource: async () => {
        await new Promise(setImmediate)
        return MADE
      }
    }),
    broken
  )
  t.equal(stats.stats.made, 2)
})

t.test('passes over what the journal has, and failures for good unless they are asked for', async (t) => {
  const look: Journal['look'] = ({ key }) => (({ 'a.mp4': 'done', 'b.mp4': 'failed' }) as const)[key]
  for (const [retriesFailed, expected] of [
    [false, ['c.mp4']],
    [true, ['b.mp4', 'c.mp4']]
  ] as const) {
    const plan = planOf(['a.mp4', 'b.mp4', 'c.mp4', 'd.txt'], { journal: { ...NO_JOURNAL, look }, retriesFailed })
    const done: string[] = []
    const stats = createStats()
    await runBackfill(plan, {
      stats,
      interruption: signal,
      onOutcome: ({ key }) => {
        done.push(key)
      },
      makeSource: async () => MADE
    })
    t.same(done, expected)
    t.equal(stats.settled, 3)
    t.equal(await countSources(plan, signal), 3)
    t.equal(stats.stats.skipped.type, 1)
  }
})

t.test('stops after too many failures', async (t) => {
  const failure = { name: undefined, error: new PosterframeError('store_forbidden') }
  const done: string[] = []
  const { hasGivenUp } = await runBackfill(
    planOf(
      Array.from({ length: 100 }, (_, number) => `${number}`),
      { maxFailures: 5, concurrency: 2 }
    ),
    {
      stats: createStats(),
      interruption: signal,
      onOutcome: ({ key }) => {
        done.push(key)
      },
      makeSource: async () => ({ made: 0, found: 0, failures: [failure], attempts: 1 })
    }
  )
  t.ok(hasGivenUp)
  t.ok(done.length <= 6)
})

const want = (name: string) => ({ name, options: completeOptions({}) })
const wantedOf = (first: string, ...others: string[]) => [want(first), ...others.map(want)] as const

t.test('tries again what may pass, and not what will not', async (t) => {
  for (const [code, tries] of [
    ['timed_out', 2],
    ['corrupt_video', 1]
  ] as const) {
    let calls = 0
    const makeSource = createMakeSource(
      {
        makeThumbnail: async () => {
          calls++
          throw new PosterframeError(code)
        },
        makeBatch: async () => {
          throw new Error('one is no batch')
        }
      },
      { wanted: wantedOf('poster'), timeoutMs: 1000, maxAttempts: 2, interruption: signal }
    )
    t.match(await makeSource({ bucket: 'videos', key: 'a' }), {
      made: 0,
      failures: [{ name: 'poster', error: { code } }],
      attempts: tries
    })
    t.equal(calls, tries)
  }
})

t.test(
  'several thumbnails are one batch, each with an outcome of its own; what is no error of ours is one of the catalogue',
  async (t) => {
    const settings = {
      wanted: wantedOf('made', 'found', 'late'),
      timeoutMs: 1000,
      maxAttempts: 1,
      interruption: signal
    }
    const makeThumbnail = async () => {
      throw new Error('several are a batch')
    }
    const makeSource = createMakeSource(
      {
        makeThumbnail,
        makeBatch: async () => ({
          batch: {
            thumbnails: [
              fakeThumbnail,
              { ...fakeThumbnail, cached: true },
              new PosterframeError('timestamp_out_of_range')
            ],
            work: { bytesRead: 0, requests: 0, packetsDecoded: 0 }
          },
          stepTimes: {}
        })
      },
      settings
    )
    t.match(await makeSource({ bucket: 'videos', key: 'a' }), {
      made: 1,
      found: 1,
      failures: [{ name: 'late', error: { code: 'timestamp_out_of_range' } }]
    })
    const broken = createMakeSource(
      {
        makeThumbnail,
        makeBatch: async () => {
          throw new TypeError('a bug')
        }
      },
      settings
    )
    t.match(await broken({ bucket: 'videos', key: 'a' }), {
      failures: [
        { name: 'made', error: { code: 'internal_error', message: 'a bug' } },
        { name: 'found' },
        { name: 'late' }
      ]
    })
  }
)

t.test('a source that takes too long is given up', async (t) => {
  const makeSource = createMakeSource(
    {
      makeThumbnail: async (_request, { signal }) =>
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('aborted', 'AbortError'))
          })
        }),
      makeBatch: async () => {
        throw new Error('one is no batch')
      }
    },
    { wanted: wantedOf('poster'), timeoutMs: 5, maxAttempts: 1, interruption: signal }
  )
  t.match(await makeSource({ bucket: 'videos', key: 'a' }), { failures: [{ error: { code: 'timed_out' } }] })
})

t.test('the exit code says whether another run is worth it', async (t) => {
  const fail = (code: 'timed_out' | 'corrupt_video'): SourceOutcome => ({
    made: 0,
    found: 0,
    failures: [{ name: undefined, error: new PosterframeError(code) }],
    attempts: 1
  })
  const exitOf = (...outcomes: SourceOutcome[]) => {
    const stats = createStats()
    outcomes.forEach((outcome) => {
      stats.add(outcome)
    })
    return chooseBackfillExit(stats.stats)
  }
  t.same(
    [exitOf(MADE), exitOf(MADE, fail('corrupt_video')), exitOf(fail('timed_out'), fail('corrupt_video'))],
    [0, 2, 3]
  )
  const before = createStats()
  before.pass('failed')
  t.equal(chooseBackfillExit(before.stats), 2)
})

t.test('the pace is that of the last minute, and tells how long it will take', async (t) => {
  let nowMs = 0
  const rate = createRateEstimator(() => nowMs)
  t.same(rate.measure(0, 100), { perSecond: 0, secondsLeft: undefined })
  nowMs = 10_000
  t.same(rate.measure(50, 100), { perSecond: 5, secondsLeft: 20 })
  t.equal(rate.measure(50, undefined).secondsLeft, undefined)
  for (nowMs = 20_000; nowMs <= 200_000; nowMs += 10_000) rate.measure(50 + (nowMs - 10_000) / 10_000, 100)
  t.match(rate.measure(70, 30), { perSecond: 0.1, secondsLeft: 300 }, 'what was fast long ago counts no more')
  t.same([45, 720, 12_000, 360_000].map(formatDuration), ['45 s', '12 min', '3 h 20 min', '4 d 4 h'])
  t.equal(
    describeProgress(
      { settled: 12, total: 48, stats: { made: 10, found: 1, failed: 1 } },
      { perSecond: 8.04, secondsLeft: 4.5 }
    ),
    '12/48 (25 %), 8.0/s, 5 s left; 10 made, 1 found, 1 failed'
  )
  t.equal(
    describeProgress(
      { settled: 12, total: undefined, stats: { made: 10, found: 1, failed: 1 } },
      { perSecond: 8, secondsLeft: undefined }
    ),
    '12, 8.0/s; 10 made, 1 found, 1 failed'
  )
})
