import { getEventListeners } from 'node:events'
import t from 'tap'
import { createSemaphore } from '../../src/limits/semaphore.ts'
import { createRandom } from '../support/random.ts'

const never = () => new AbortController().signal
/** Lets everything run that is ready to. */
const settle = () =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

t.test('runs so many at once, and the others in the order they came', async (t) => {
  const slots = createSemaphore({ slots: 2, queue: 8 })
  const begun: number[] = []
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<undefined>())
  const runs = gates.map(({ promise }, number) =>
    slots.run(never(), async () => {
      begun.push(number)
      await promise
      return number
    })
  )
  await settle()
  t.same(begun, [0, 1])
  t.match(slots, { running: 2, waiting: 3 })
  gates[1]?.resolve(undefined)
  await settle()
  t.same(begun, [0, 1, 2])
  t.match(slots, { running: 2, waiting: 2 })
  for (const gate of gates) gate.resolve(undefined)
  t.same(await Promise.all(runs), [0, 1, 2, 3, 4])
  t.same(begun, [0, 1, 2, 3, 4])
  t.match(slots, { running: 0, waiting: 0 })
})

t.test('refuses at once when the queue is full, and says when to come back', async (t) => {
  const slots = createSemaphore({ slots: 2, queue: 3 })
  const gate = Promise.withResolvers<undefined>()
  const runs = Array.from({ length: 5 }, () => slots.run(never(), () => gate.promise))
  await t.rejects(
    slots.run(never(), async () => t.fail('must not run')),
    { code: 'overloaded', retryAfterSeconds: 2 }
  )
  gate.resolve(undefined)
  await Promise.all(runs)
  t.equal(await slots.run(never(), async () => 'again'), 'again')
})

t.test('with no queue, what finds no slot is refused', async (t) => {
  const slots = createSemaphore({ slots: 1, queue: 0 })
  const gate = Promise.withResolvers<undefined>()
  const run = slots.run(never(), () => gate.promise)
  await t.rejects(
    slots.run(never(), async () => undefined),
    { code: 'overloaded', retryAfterSeconds: 1 }
  )
  gate.resolve(undefined)
  await run
})

t.test('a failing task gives its slot back', async (t) => {
  const slots = createSemaphore({ slots: 1, queue: 0 })
  await t.rejects(
    slots.run(never(), async () => {
      throw new Error('broken')
    }),
    { message: 'broken' }
  )
  await t.rejects(
    slots.run(never(), () => {
      throw new Error('broken at once')
    }),
    { message: 'broken at once' }
  )
  t.equal(slots.running, 0)
})

t.test('who leaves the queue is rejected with the reason and frees the place', async (t) => {
  const slots = createSemaphore({ slots: 1, queue: 1 })
  const gate = Promise.withResolvers<undefined>()
  const run = slots.run(never(), () => gate.promise)
  const leaver = new AbortController()
  const left = slots.run(leaver.signal, async () => t.fail('must not run'))
  await settle()
  leaver.abort(new Error('gone'))
  await t.rejects(left, { message: 'gone' })
  t.equal(slots.waiting, 0)
  const next = slots.run(never(), async () => 'next')
  gate.resolve(undefined)
  await run
  t.equal(await next, 'next')
  t.equal(slots.running, 0)
})

t.test('a signal that aborts between its turn and its task does not cost the slot', async (t) => {
  const slots = createSemaphore({ slots: 1, queue: 1 })
  const leaver = new AbortController()
  const gate = Promise.withResolvers<undefined>()
  const run = slots
    .run(never(), () => gate.promise)
    .finally(() => {
      leaver.abort(new Error('gone'))
    })
  const left = slots.run(leaver.signal, async () => 'ran')
  gate.resolve(undefined)
  await run
  await t.rejects(left, { message: 'gone' })
  t.equal(slots.running, 0)
  await t.rejects(
    slots.run(AbortSignal.abort(new Error('gone before')), async () => t.fail('must not run')),
    { message: 'gone before' }
  )
  t.equal(slots.running, 0)
})

t.test('lets go of the signal of who has waited', async (t) => {
  const slots = createSemaphore({ slots: 1, queue: 1 })
  const gate = Promise.withResolvers<undefined>()
  const run = slots.run(never(), () => gate.promise)
  const signal = never()
  const waited = slots.run(signal, async () => undefined)
  await settle()
  t.equal(getEventListeners(signal, 'abort').length, 1)
  gate.resolve(undefined)
  await Promise.all([run, waited])
  t.equal(getEventListeners(signal, 'abort').length, 0)
})

t.test('never runs more than it may, and loses nothing, whatever comes and goes', async (t) => {
  const random = createRandom(42)
  const slots = createSemaphore({ slots: 3, queue: 5 })
  let running = 0
  let most = 0
  const outcomes = await Promise.allSettled(
    Array.from({ length: 500 }, async (_, number) => {
      for (let pause = 0; pause < number / 8; pause++) await settle()
      const leaver = new AbortController()
      const result = slots.run(leaver.signal, async () => {
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
  t.match(slots, { running: 0, waiting: 0 })
  const words = outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message
  )
  t.same(new Set(words), new Set(['done', 'broken', 'gone', 'All slots are taken and the queue is full.']))
})
