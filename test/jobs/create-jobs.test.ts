import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { createJobs } from '../../src/jobs/create-jobs.ts'
import type { Job, JobRequest } from '../../src/jobs/job.ts'
import { openJobRecords } from '../../src/jobs/stored-job.ts'
import { createSemaphore } from '../../src/limits/semaphore.ts'
import { MemoryStore } from '../support/memory-store.ts'

const { signal } = new AbortController()
const request: JobRequest = { kind: 'storyboard', body: { key: 'a.mp4' } }
const caller = 'shop'

/** A fleet of processes with one store; each call of `join` adds a process. */
function createFleet () {
  const store = new MemoryStore()
  const counted: string[] = []
  const clock = { now: Date.parse('2026-11-23T12:00:00Z') }
  const join = (options: { timeoutMs?: number, heartbeatMs?: number, maxJobs?: number } = {}) =>
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

/** Work that ends on request. */
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

t.test('every process sees the state of a job', async (t) => {
  const { join, counted } = createFleet()
  const [one, other] = [join(), join()]
  const work = hold()
  const { id, ...job } = await one.start(request, { caller, run: work.run })
  t.same(job, { ...request, state: 'running', createdAt: '2026-11-23T12:00:00.000Z' })
  t.match(await other.find(id, { caller, signal }), { id, state: 'running', ...request })
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

t.test('stores the failure of a job, and of an unknown error no message', async (t) => {
  const { join, counted } = createFleet()
  const jobs = join()
  const failure = new PosterframeError('timestamp_out_of_range', {
    detail: 'The video ends at 20 s.',
    members: { duration: 20 }
  })
  for (const [error, stored] of [
    [failure, { code: 'timestamp_out_of_range', detail: 'The video ends at 20 s.', members: { duration: 20 } }],
    [new Error('/secret/path'), { code: 'internal_error', detail: undefined }]
  ] as const) {
    const { id } = await jobs.start(request, {
      caller,
      run: async () => {
        throw error
      }
    })
    const { failure } = await waitFor(
      () => join().find(id, { caller, signal }),
      ({ state }) => state === 'failed'
    )
    t.match(failure, stored)
    t.notMatch(JSON.stringify(failure), 'secret')
  }
  t.same(counted, ['timestamp_out_of_range', 'internal_error'])
})

t.test('only the caller of a job finds it by its id', async (t) => {
  const { join } = createFleet()
  const jobs = join()
  const { id } = await jobs.start(request, { caller, run: async () => {} })
  for (const other of ['other', '', undefined]) {
    await t.rejects(jobs.find(id, { caller: other, signal }), { code: 'not_found' })
  }
  await t.rejects(jobs.find('0'.repeat(32), { caller, signal }), { code: 'not_found' })
  t.match(await jobs.find(id, { caller, signal }), { id })
})

t.test(
  'an equal request returns the running job, in every process, and starts a new one after its end',
  async (t) => {
    const { clock, join } = createFleet()
    const [one, other] = [join(), join()]
    const work = hold()
    const run = async () => {
      t.fail('ran twice')
    }
    const [first, second] = await Promise.all([
      one.start(request, { caller, run: work.run }),
      one.start(request, { caller, run })
    ])
    clock.now += 1000
    t.same(
      [second, await one.start(request, { caller, run }), await other.start(request, { caller, run })],
      [first, first, first]
    )
    t.not((await one.start(request, { caller: 'other', run: async () => {} })).id, first.id)
    work.end()
    await waitFor(
      () => one.find(first.id, { caller, signal }),
      ({ state }) => state === 'succeeded'
    )
    const again = await other.start(request, { caller, run: async () => {} })
    t.equal(again.id, first.id)
    t.not(again.createdAt, first.createdAt)
  }
)

t.test(
  'a job fails when the heartbeat of its process stops, and may then be started again',
  async (t) => {
    const { clock, store, join } = createFleet()
    const work = hold()
    const beating = join({ heartbeatMs: 5 })
    const { id } = await beating.start(request, { caller, run: work.run })
    const find = () => join({ heartbeatMs: 15_000 }).find(id, { caller, signal })
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
    t.match(await join().start(request, { caller, run: async () => {} }), { id, state: 'running' })
  }
)

t.test('a job that exceeds the time limit fails', async (t) => {
  const { join } = createFleet()
  const jobs = join({ timeoutMs: 1 })
  const { id } = await jobs.start(request, { caller, run: hold().run })
  t.match(
    await waitFor(
      () => jobs.find(id, { caller, signal }),
      ({ state }) => state === 'failed'
    ),
    { failure: { code: 'timed_out' } }
  )
})

t.test('limits the active jobs, including those that wait for a slot', async (t) => {
  const { join } = createFleet()
  const jobs = join({ maxJobs: 2 })
  const [one, two] = [hold(), hold()]
  const requestOf = (key: string) => ({ ...request, body: { key } })
  await jobs.start(requestOf('1'), { caller, run: one.run })
  const waiting = await jobs.start(requestOf('2'), { caller, run: two.run })
  t.match(waiting, { state: 'running' })
  await t.rejects(jobs.start(requestOf('3'), { caller, run: async () => {} }), {
    code: 'overloaded',
    retryAfterSeconds: Number
  })
  t.match(
    await jobs.start(requestOf('2'), { caller, run: async () => {} }),
    waiting,
    'an active job needs no new place'
  )
  one.end()
  await two.begun
  two.end()
  await waitFor(
    () => jobs.find(waiting.id, { caller, signal }),
    ({ state }) => state === 'succeeded'
  )
  await jobs.start(requestOf('3'), { caller, run: async () => {} })
})

t.test('closing aborts running and waiting jobs, and stores their failure', async (t) => {
  const { join } = createFleet()
  const jobs = join()
  const [one, two] = [hold(), hold()]
  const running = await jobs.start(request, { caller, run: one.run })
  const waiting = await jobs.start({ ...request, body: {} }, { caller, run: two.run })
  await one.begun
  await jobs.close()
  for (const { id } of [running, waiting]) {
    t.match(await join().find(id, { caller, signal }), {
      state: 'failed',
      failure: { code: 'job_interrupted', retryable: true }
    })
  }
  await t.rejects(jobs.start({ ...request, body: { key: 'b' } }, { caller, run: async () => {} }), {
    code: 'overloaded'
  })
})

t.test('starts no job if the store rejects its state', async (t) => {
  const { store, join } = createFleet()
  const jobs = join()
  store.beforeCall = (call) => {
    if (call.startsWith('put')) throw new PosterframeError('store_unavailable')
  }
  await t.rejects(
    jobs.start(request, {
      caller,
      run: async () => {
        t.fail('ran')
      }
    }),
    { code: 'store_unavailable' }
  )
  store.beforeCall = () => {}
  t.match(await jobs.start(request, { caller, run: async () => {} }), { state: 'running' })
})
