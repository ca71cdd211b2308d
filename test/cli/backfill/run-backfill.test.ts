import t from 'tap'
import { type Journal, NO_JOURNAL } from '../../../src/cli/backfill/journal.ts'
import { createProcessSource, type SourceOutcome } from '../../../src/cli/backfill/process-source.ts'
import { createRateEstimator, formatDuration } from '../../../src/cli/backfill/rate.ts'
import { describeProgress } from '../../../src/cli/backfill/progress.ts'
import { type BackfillPlan, countSources, runBackfill } from '../../../src/cli/backfill/run-backfill.ts'
import type { ListedSource } from '../../../src/cli/backfill/source-list.ts'
import { chooseBackfillExitCode, createStats } from '../../../src/cli/backfill/stats.ts'
import { PosterframeError } from '../../../src/errors.ts'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import { fakeThumbnail } from '../../support/fake-services.ts'

const MADE: SourceOutcome = { made: 1, found: 0, failures: [], attempts: 1 }
const rules = { outputBucket: 'out', outputPrefix: 'thumbnails/', extensions: undefined }
const { signal } = new AbortController()

function createPlan (keys: string[], plan: Partial<BackfillPlan> = {}): BackfillPlan & { read: number } {
  const result = {
    read: 0,
    rules,
    journal: NO_JOURNAL,
    retryFailed: false,
    concurrency: 3,
    maxFailures: Infinity,
    list: {
      async * open () {
        for (const key of keys) {
          result.read++
          yield { bucket: 'videos', key }
        }
      }
    },
    ...plan
  }
  return result
}

t.test('processes `concurrency` sources at once and does not read ahead in the list', async (t) => {
  const plan = createPlan(Array.from({ length: 100 }, (_, number) => `${number}.mp4`))
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
    processSource: async () => {
      running += 1
      most = Math.max(most, running)
      ahead.push(plan.read - done.length)
      await new Promise(setImmediate)
      running -= 1
      return MADE
    }
  })
  t.equal(most, 3)
  t.ok(Math.max(...ahead) <= 3)
  t.equal(new Set(done).size, 100)
})

t.test('finishes the running sources after an interruption and starts no further one', async (t) => {
  const plan = createPlan(Array.from({ length: 100 }, (_, number) => `${number}.mp4`))
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
      processSource: async ({ key }) => {
        if (key === '5.mp4') interruption.abort()
        await new Promise(setImmediate)
        return MADE
      }
    }
  )
  t.ok(written.length >= 6 && written.length <= 8, `${written.length}`)
  t.equal(stats.stats.made, written.length)
})

t.test('rejects with an error of the list after the running sources have finished', async (t) => {
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
    runBackfill(createPlan([], { list }), {
      stats,
      interruption: signal,
      onOutcome () {},
      processSource: async () => {
        await new Promise(setImmediate)
        return MADE
      }
    }),
    broken
  )
  t.equal(stats.stats.made, 2)
})

t.test('skips sources in the journal; retries permanent failures only on request', async (t) => {
  const find: Journal['find'] = ({ key }) => (({ 'a.mp4': 'done', 'b.mp4': 'failed' }) as const)[key]
  for (const [retryFailed, expected] of [
    [false, ['c.mp4']],
    [true, ['b.mp4', 'c.mp4']]
  ] as const) {
    const plan = createPlan(['a.mp4', 'b.mp4', 'c.mp4', 'd.txt'], { journal: { ...NO_JOURNAL, find }, retryFailed })
    const done: string[] = []
    const stats = createStats()
    await runBackfill(plan, {
      stats,
      interruption: signal,
      onOutcome: ({ key }) => {
        done.push(key)
      },
      processSource: async () => MADE
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
  const { reachedMaxFailures } = await runBackfill(
    createPlan(
      Array.from({ length: 100 }, (_, number) => `${number}`),
      { maxFailures: 5, concurrency: 2 }
    ),
    {
      stats: createStats(),
      interruption: signal,
      onOutcome: ({ key }) => {
        done.push(key)
      },
      processSource: async () => ({ made: 0, found: 0, failures: [failure], attempts: 1 })
    }
  )
  t.ok(reachedMaxFailures)
  t.ok(done.length <= 6)
})

const thumbnailOf = (name: string) => ({ name, options: completeOptions({}) })
const thumbnailsOf = (first: string, ...others: string[]) => [thumbnailOf(first), ...others.map(thumbnailOf)] as const

t.test('retries temporary failures and not permanent ones', async (t) => {
  for (const [code, tries] of [
    ['timed_out', 2],
    ['corrupt_video', 1]
  ] as const) {
    let calls = 0
    const processSource = createProcessSource(
      {
        makeThumbnail: async () => {
          calls++
          throw new PosterframeError(code)
        },
        makeBatch: async () => {
          throw new Error('a single thumbnail is not a batch')
        }
      },
      { thumbnails: thumbnailsOf('poster'), timeoutMs: 1000, maxAttempts: 2, interruption: signal }
    )
    t.match(await processSource({ bucket: 'videos', key: 'a' }), {
      made: 0,
      failures: [{ name: 'poster', error: { code } }],
      attempts: tries
    })
    t.equal(calls, tries)
  }
})

t.test(
  'processes several thumbnails as one batch, each with its own outcome, and maps unknown errors to internal_error',
  async (t) => {
    const settings = {
      thumbnails: thumbnailsOf('made', 'found', 'late'),
      timeoutMs: 1000,
      maxAttempts: 1,
      interruption: signal
    }
    const makeThumbnail = async () => {
      throw new Error('several thumbnails are a batch')
    }
    const processSource = createProcessSource(
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
    t.match(await processSource({ bucket: 'videos', key: 'a' }), {
      made: 1,
      found: 1,
      failures: [{ name: 'late', error: { code: 'timestamp_out_of_range' } }]
    })
    const broken = createProcessSource(
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

t.test('abandons a source after the deadline', async (t) => {
  const processSource = createProcessSource(
    {
      makeThumbnail: async (_request, { signal }) =>
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('aborted', 'AbortError'))
          })
        }),
      makeBatch: async () => {
        throw new Error('a single thumbnail is not a batch')
      }
    },
    { thumbnails: thumbnailsOf('poster'), timeoutMs: 5, maxAttempts: 1, interruption: signal }
  )
  t.match(await processSource({ bucket: 'videos', key: 'a' }), { failures: [{ error: { code: 'timed_out' } }] })
})

t.test('the exit code distinguishes temporary from permanent failures', async (t) => {
  const fail = (code: 'timed_out' | 'corrupt_video'): SourceOutcome => ({
    made: 0,
    found: 0,
    failures: [{ name: undefined, error: new PosterframeError(code) }],
    attempts: 1
  })
  const exitOf = (...outcomes: SourceOutcome[]) => {
    const stats = createStats()
    outcomes.forEach((outcome) => {
      stats.addOutcome(outcome)
    })
    return chooseBackfillExitCode(stats.stats)
  }
  t.same(
    [exitOf(MADE), exitOf(MADE, fail('corrupt_video')), exitOf(fail('timed_out'), fail('corrupt_video'))],
    [0, 2, 3]
  )
  const before = createStats()
  before.addKnown('failed')
  t.equal(chooseBackfillExitCode(before.stats), 2)
})

t.test('estimates the rate of the last minute and the remaining time', async (t) => {
  let nowMs = 0
  const rate = createRateEstimator(() => nowMs)
  t.same(rate.measure(0, 100), { perSecond: 0, secondsLeft: undefined })
  nowMs = 10_000
  t.same(rate.measure(50, 100), { perSecond: 5, secondsLeft: 20 })
  t.equal(rate.measure(50, undefined).secondsLeft, undefined)
  for (nowMs = 20_000; nowMs <= 200_000; nowMs += 10_000) rate.measure(50 + (nowMs - 10_000) / 10_000, 100)
  t.match(rate.measure(70, 30), { perSecond: 0.1, secondsLeft: 300 }, 'ignores older samples')
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
