import t from 'tap'
import { createSingleFlight } from '../../src/thumbnails/single-flight.ts'

const never = () => new AbortController().signal

t.test('runs one task for equal keys at the same time', async (t) => {
  const flights = createSingleFlight<string>()
  const { promise, resolve } = Promise.withResolvers<string>()
  let runs = 0
  const task = () => {
    runs++
    return promise
  }
  const joined = Array.from({ length: 50 }, () => flights.join('a', never(), task))
  resolve('picture')
  t.same(new Set(await Promise.all(joined)), new Set(['picture']))
  t.equal(runs, 1)
})

t.test('runs a task for each key', async (t) => {
  const flights = createSingleFlight<string>()
  t.same(await Promise.all(['a', 'b'].map((key) => flights.join(key, never(), async () => key))), ['a', 'b'])
})

t.test('runs a new task after a flight has landed', async (t) => {
  const flights = createSingleFlight<number>()
  let runs = 0
  t.equal(await flights.join('a', never(), async () => ++runs), 1)
  t.equal(await flights.join('a', never(), async () => ++runs), 2)
  await t.rejects(
    flights.join('a', never(), async () => {
      throw new Error('first')
    }),
    { message: 'first' }
  )
  t.equal(await flights.join('a', never(), async () => ++runs), 3)
})

t.test('rejects every caller when the task fails, also if it throws synchronously', async (t) => {
  const flights = createSingleFlight<never>()
  const fail = () => {
    throw new Error('broken')
  }
  const outcomes = await Promise.allSettled([flights.join('a', never(), fail), flights.join('a', never(), fail)])
  t.match(outcomes, [{ reason: { message: 'broken' } }, { reason: { message: 'broken' } }])
})

t.test('rejects a caller that aborts at once, and resolves the others', async (t) => {
  const flights = createSingleFlight<string>()
  const { promise, resolve } = Promise.withResolvers<string>()
  const leaver = new AbortController()
  let shared: AbortSignal | undefined
  const left = flights.join('a', leaver.signal, (signal) => {
    shared = signal
    return promise
  })
  const stayed = flights.join('a', never(), () => t.fail('must join') as never)
  leaver.abort(new Error('gone'))
  await t.rejects(left, { message: 'gone' })
  t.equal(shared?.aborted, false)
  resolve('picture')
  t.equal(await stayed, 'picture')
})

t.test('rejects the last caller once the task has settled, and starts a new task for the next', async (t) => {
  const flights = createSingleFlight<string>()
  const leavers = [new AbortController(), new AbortController()]
  let shared: AbortSignal | undefined
  const { promise, reject } = Promise.withResolvers<string>()
  const joined = leavers.map(({ signal }) =>
    flights.join('a', signal, (taskSignal) => {
      shared = taskSignal
      return promise
    })
  )
  let isLastRejected = false
  joined[1]?.catch(() => {
    isLastRejected = true
  })
  for (const leaver of leavers) leaver.abort(new Error('gone'))
  await t.rejects(joined[0]!, { message: 'gone' })
  t.match(shared?.reason, { message: 'gone' })

  t.equal(await flights.join('a', never(), async () => 'new'), 'new')
  t.equal(isLastRejected, false)
  reject(new Error('settled'))
  await t.rejects(joined[1]!, { message: 'gone' })
})

t.test('a late landing does not remove the next flight', async (t) => {
  const flights = createSingleFlight<string>()
  const leaver = new AbortController()
  const old = Promise.withResolvers<string>()
  const left = flights.join('a', leaver.signal, () => old.promise)
  leaver.abort(new Error('gone'))
  const next = Promise.withResolvers<string>()
  const one = flights.join('a', never(), () => next.promise)
  old.resolve('late')
  await t.rejects(left, { message: 'gone' }, 'rejected, although there is a result')
  const two = flights.join('a', never(), () => t.fail('must join') as never)
  next.resolve('next')
  t.same(await Promise.all([one, two]), ['next', 'next'])
})

t.test('a caller that has aborted already starts no task', async (t) => {
  const flights = createSingleFlight<string>()
  await t.rejects(
    flights.join('a', AbortSignal.abort(new Error('gone')), () => t.fail('must not run') as never),
    { message: 'gone' }
  )
})
