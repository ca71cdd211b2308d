import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { createJobs } from '../../src/jobs/create-jobs.ts'
import type { Job, JobRequest } from '../../src/jobs/job.ts'
import { openJobRecords } from '../../src/jobs/stored-job.ts'
import { createSemaphore } from '../../src/limits/semaphore.ts'
import { MemoryStore } from '../support/memory-store.ts'

const { signal } = new AbortController()
const question: JobRequest = { kind: 'storyboard', body: { key: 'a.mp4' } }
const caller = 'shop'

/** Processes of a fleet: each call gives one more. */
function createFleet () {
  const store = new MemoryStore()
  const counted: string[] = []
  const clock = { now: Date.parse('2026-11-23T12:00:00Z') }
  const join = (options: { timeoutMs?: number, beatMs?: number, maxJobs?: number } = {}) =>
    createJobs({
      records: openJobRecords({ store, bucket: 'out', prefix: '' }),
      slots: createSemaphore({ slots: 1, queue: 9 }),
      maxJobs: 9,
      timeoutMs: 60_000,
      now: () => clock.now,
      recorder: {
        countJob: (outcome) => {
          counted.push(outcome)
        }
      },
      ...options
    })
  return { store, clock, counted, join }
}

/** Work that ends when it is told to. */
function hold () {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<AbortSignal>()
  const run = async (signal: AbortSignal) => {
    begun.resolve(signal)
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error)
    })
    await promise
  }
  return { run, end: resolve, fail: reject, begun: begun.promise }
}

async function waitFor (find: () => Promise<Job>, isMeant: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const job = await find()
    if (isMeant(job)) return job
    await new Promise((resolve) => setImmediate(resolve))
  }
}

t.test('any process sees a job run and succeed', async (t) => {
  const { join, counted } = createFleet()
  const [one, other] = [join(), join()]
  const work = hold()
  const { id, ...job } = await one.start(question, { caller, run: work.run })
  t.same(job, { ...question, state: 'running', createdAt: '2026-11-23T12:00:00.000Z' })
  t.match(await other.find(id, { caller, signal }), { id, state: 'running', ...question })
  work.end()
  t.match(
    await waitFor(
      () => other.find(id, { caller, signal }),
      ({ state }) => state !== 'running'
    ),
    { state: 'succeeded', failure: undefined }
  )
  t.same(counted, ['succeeded'])
})

t.test('a failure is kept as it was, and one that is none of the catalogue without its words', async (t) => {
  const { join, counted } = createFleet()
  const jobs = join()
  const refusal = new PosterframeError('timestamp_out_of_range', {
    detail: 'The video ends at 20 s.',
    members: { duration: 20 }
  })
  for (const [error, kept] of [
    [refusal, { code: 'timestamp_out_of_range', detail: 'The video ends at 20 s.', members: { duration: 20 } }],
    [new Error('/secret/path'), { code: 'internal_error', detail: undefined }]
  ] as const) {
    const { id } = await jobs.start(question, {
      caller,
      run: async () => {
        throw error
      }
    })
    const { failure } = await waitFor(
      () => join().find(id, { caller, signal }),
      ({ state }) => state === 'failed'
    )
    t.match(failure, kept)
    t.notMatch(JSON.stringify(failure), 'secret')
  }
  t.same(counted, ['timestamp_out_of_range', 'internal_error'])
})

t.test('nobody else finds a job by its id', async (t) => {
  const { join } = createFleet()
  const jobs = join()
  const { id } = await jobs.start(question, { caller, run: async () => {} })
  for (const other of ['other', '', undefined]) {
    await t.rejects(jobs.find(id, { caller: other, signal }), { code: 'not_found' })
  }
  await t.rejects(jobs.find('0'.repeat(32), { caller, signal }), { code: 'not_found' })
  t.match(await jobs.find(id, { caller, signal }), { id })
})

t.test(
  'the same question gives the job that is running, in this process and in others; once it has ended, a new one',
  async (t) => {
    const { clock, join } = createFleet()
    const [one, other] = [join(), join()]
    const work = hold()
    const run = async () => {
      t.fail('ran twice')
    }
    const [first, second] = await Promise.all([
      one.start(question, { caller, run: work.run }),
      one.start(question, { caller, run })
    ])
    clock.now += 1000
    t.same(
      [second, await one.start(question, { caller, run }), await other.start(question, { caller, run })],
      [first, first, first]
    )
    t.not((await one.start(question, { caller: 'other', run: async () => {} })).id, first.id)
    work.end()
    await waitFor(
      () => one.find(first.id, { caller, signal }),
      ({ state }) => state === 'succeeded'
    )
    const again = await other.start(question, { caller, run: async () => {} })
    t.equal(again.id, first.id)
    t.not(again.createdAt, first.createdAt)
  }
)

t.test(
  'a job whose process died has failed and may be begun again, but not while its process gives signs of life',
  async (t) => {
    const { clock, store, join } = createFleet()
    const work = hold()
    const beating = join({ beatMs: 5 })
    const { id } = await beating.start(question, { caller, run: work.run })
    const find = () => join({ beatMs: 15_000 }).find(id, { caller, signal })
    clock.now += 120_000
    t.match(await waitFor(find, ({ state }) => state === 'running'), { state: 'running' })
    store.beforeCall = (call) => {
      if (call.startsWith('put')) throw new Error('the process is dead')
    }
    await beating.close()
    store.beforeCall = () => {}
    t.match(await find(), { state: 'running' })
    clock.now += 60_001
    const { state, failure } = await find()
    t.equal(state, 'failed')
    t.match(failure, { code: 'job_interrupted', retryable: true })
    t.match(await join().start(question, { caller, run: async () => {} }), { id, state: 'running' })
  }
)

t.test('a job that takes too long has failed', async (t) => {
  const { join } = createFleet()
  const jobs = join({ timeoutMs: 1 })
  const { id } = await jobs.start(question, { caller, run: hold().run })
  t.match(
    await waitFor(
      () => jobs.find(id, { caller, signal }),
      ({ state }) => state === 'failed'
    ),
    { failure: { code: 'timed_out' } }
  )
})

t.test('no more jobs are under way than may be, and those that wait for a slot are among them', async (t) => {
  const { join } = createFleet()
  const jobs = join({ maxJobs: 2 })
  const [one, two] = [hold(), hold()]
  const ask = (key: string) => ({ ...question, body: { key } })
  await jobs.start(ask('1'), { caller, run: one.run })
  const waiting = await jobs.start(ask('2'), { caller, run: two.run })
  t.match(waiting, { state: 'running' })
  await t.rejects(jobs.start(ask('3'), { caller, run: async () => {} }), {
    code: 'overloaded',
    retryAfterSeconds: Number
  })
  t.match(
    await jobs.start(ask('2'), { caller, run: async () => {} }),
    waiting,
    'one that is there already takes no place'
  )
  one.end()
  await two.begun
  two.end()
  await waitFor(
    () => jobs.find(waiting.id, { caller, signal }),
    ({ state }) => state === 'succeeded'
  )
  await jobs.start(ask('3'), { caller, run: async () => {} })
})

t.test('closing ends what runs and what waits, and says so in the store', async (t) => {
  const { join } = createFleet()
  const jobs = join()
  const [one, two] = [hold(), hold()]
  const running = await jobs.start(question, { caller, run: one.run })
  const waiting = await jobs.start({ ...question, body: {} }, { caller, run: two.run })
  await one.begun
  await jobs.close()
  for (const { id } of [running, waiting]) {
    t.match(await join().find(id, { caller, signal }), {
      state: 'failed',
      failure: { code: 'job_interrupted', retryable: true }
    })
  }
  await t.rejects(jobs.start({ ...question, body: { key: 'b' } }, { caller, run: async () => {} }), {
    code: 'overloaded'
  })
})

t.test('a store that does not take the state begins no job', async (t) => {
  const { store, join } = createFleet()
  const jobs = join()
  store.beforeCall = (call) => {
    if (call.startsWith('put')) throw new PosterframeError('store_unavailable')
  }
  await t.rejects(
    jobs.start(question, {
      caller,
      run: async () => {
        t.fail('ran')
      }
    }),
    { code: 'store_unavailable' }
  )
  store.beforeCall = () => {}
  t.match(await jobs.start(question, { caller, run: async () => {} }), { state: 'running' })
})
