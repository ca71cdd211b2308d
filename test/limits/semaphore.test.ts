import { getEventListeners } from 'node:events'
import t from 'tap'
import { startDeadline } from '../../src/limits/deadline.ts'
import { createSemaphore } from '../../src/limits/semaphore.ts'
import { createRandom } from '../support/random.ts'

const never = () => new AbortController().signal
/** Waits until everything that is ready has run. */
const settle = () =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

t.test('runs as many tasks at once as there are slots, and the others in order of arrival', async (t) => {
  const semaphore = createSemaphore({ slots: 2, queue: 8 })
  const begun: number[] = []
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<undefined>())
  const runs = gates.map(({ promise }, number) =>
    semaphore.run(never(), async () => {
      begun.push(number)
      await promise
      return number
    })
  )
  await settle()
  t.same(begun, [0, 1])
  t.match(semaphore, { running: 2, waiting: 3 })
  gates[1]?.resolve(undefined)
  await settle()
  t.same(begun, [0, 1, 2])
  t.match(semaphore, { running: 2, waiting: 2 })
  for (const gate of gates) gate.resolve(undefined)
  t.same(await Promise.all(runs), [0, 1, 2, 3, 4])
  t.same(begun, [0, 1, 2, 3, 4])
  t.match(semaphore, { running: 0, waiting: 0 })
})

t.test('rejects at once when the queue is full, with the time to retry after', async (t) => {
  const semaphore = createSemaphore({ slots: 2, queue: 3 })
  const gate = Promise.withResolvers<undefined>()
  const runs = Array.from({ length: 5 }, () => semaphore.run(never(), () => gate.promise))
  await t.rejects(
    semaphore.run(never(), async () => t.fail('must not run')),
    { code: 'overloaded', retryAfterSeconds: 2 }
  )
  gate.resolve(undefined)
  await Promise.all(runs)
  t.equal(await semaphore.run(never(), async () => 'again'), 'again')
})

t.test('without a queue, rejects a task that finds no free slot', async (t) => {
  const semaphore = createSemaphore({ slots: 1, queue: 0 })
  const gate = Promise.withResolvers<undefined>()
  const run = semaphore.run(never(), () => gate.promise)
  await t.rejects(
    semaphore.run(never(), async () => undefined),
    { code: 'overloaded', retryAfterSeconds: 1 }
  )
  gate.resolve(undefined)
  await run
})

t.test('a task that fails releases its slot', async (t) => {
  const semaphore = createSemaphore({ slots: 1, queue: 0 })
  await t.rejects(
    semaphore.run(never(), async () => {
      throw new Error('broken')
    }),
    { message: 'broken' }
  )
  await t.rejects(
    semaphore.run(never(), () => {
      throw new Error('broken at once')
    }),
    { message: 'broken at once' }
  )
  t.equal(semaphore.running, 0)
})

t.test('a task that is aborted in the queue rejects with the reason and frees its place', async (t) => {
  const semaphore = createSemaphore({ slots: 1, queue: 1 })
  const gate = Promise.withResolvers<undefined>()
  const run = semaphore.run(never(), () => gate.promise)
  const leaver = new AbortController()
  const left = semaphore.run(leaver.signal, async () => t.fail('must not run'))
  await settle()
  leaver.abort(new Error('gone'))
  await t.rejects(left, { message: 'gone' })
  t.equal(semaphore.waiting, 0)
  const next = semaphore.run(never(), async () => 'next')
  gate.resolve(undefined)
  await run
  t.equal(await next, 'next')
  t.equal(semaphore.running, 0)
})

t.test('a task whose time is up in the queue is overloaded, not timed out', async (t) => {
  const semaphore = createSemaphore({ slots: 1, queue: 1 })
  const gate = Promise.withResolvers<undefined>()
  const run = semaphore.run(never(), () => gate.promise)
  const { signal } = startDeadline(1)
  await t.rejects(
    semaphore.run(signal, async () => t.fail('must not run')),
    { code: 'overloaded', cause: { code: 'timed_out' } }
  )
  gate.resolve(undefined)
  await run
})

t.test('a signal that aborts between the slot and the task does not leak the slot', async (t) => {
  const semaphore = createSemaphore({ slots: 1, queue: 1 })
  const leaver = new AbortController()
  const gate = Promise.withResolvers<undefined>()
  const run = semaphore
    .run(never(), () => gate.promise)
    .finally(() => {
      leaver.abort(new Error('gone'))
    })
  const left = semaphore.run(leaver.signal, async () => 'ran')
  gate.resolve(undefined)
  await run
  await t.rejects(left, { message: 'gone' })
  t.equal(semaphore.running, 0)
  await t.rejects(
    semaphore.run(AbortSignal.abort(new Error('gone before')), async () => t.fail('must not run')),
    { message: 'gone before' }
  )
  t.equal(semaphore.running, 0)
})

t.test('removes its listener from the signal of a task that has waited', async (t) => {
  const semaphore = createSemaphore({ slots: 1, queue: 1 })
  const gate = Promise.withResolvers<undefined>()
  const run = semaphore.run(never(), () => gate.promise)
  const signal = never()
  const waited = semaphore.run(signal, async () => undefined)
  await settle()
  t.equal(getEventListeners(signal, 'abort').length, 1)
  gate.resolve(undefined)
  await Promise.all([run, waited])
  t.equal(getEventListeners(signal, 'abort').length, 0)
})

t.test('never runs more tasks than there are slots, and loses none', async (t) => {
  const random = createRandom(42)
  const semaphore = createSemaphore({ slots: 3, queue: 5 })
  let running = 0
  let most = 0
  const outcomes = await Promise.allSettled(
    Array.from({ length: 500 }, async (_, number) => {
      for (let pause = 0; pause < number / 8; pause++) await settle()
      const leaver = new AbortController()
      const result = semaphore.run(leaver.signal, async () => {
        most = Math.max(most, ++running)
        for (let pause = Math.floor(random() * 4); pause >= 0; pause--) await settle()
        running--
        if (random() < 0.2) throw new Error('broken')
        return 'done'
      })
      if (random() < 0.3) {
        setImmediate(() => {
          leaver.abort(new Error('gone'))
        })
      }
      return result
    })
  )
  t.equal(most, 3)
  t.match(semaphore, { running: 0, waiting: 0 })
  const words = outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message
  )
  const overloaded = 'All 3 slots are busy and the queue of 5 is full. Try again later.'
  t.same(new Set(words), new Set(['done', 'broken', 'gone', overloaded]))
})
