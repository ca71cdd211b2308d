import t from 'tap'
import { burstArrivals, dayArrivals, simulateQueue, summarizeQueue } from '../../../../bench/experiments/scale/queue.ts'

const STEADY = { workers: { atFirst: 10, perMinute: 0, most: 10 }, serviceSeconds: 1, ceilingPerSecond: Infinity }
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)

t.test('a queue does not grow if there are enough workers', async (t) => {
  t.same(summarizeQueue(simulateQueue({ ...STEADY, arrivalsAt: () => 9, seconds: 600 })), {
    maxDepth: 0,
    maxOldestSeconds: 0,
    maxWorkers: 10,
    drainedAtSeconds: 1
  })
})

t.test('a queue grows by the surplus, and the age of its oldest message with it', async (t) => {
  const states = simulateQueue({ ...STEADY, arrivalsAt: () => 15, seconds: 600 })
  t.equal(states.at(-1)?.depth, 5 * 600)
  t.ok(Math.abs((states.at(-1)?.oldestSeconds ?? 0) - 200) <= 1, 'a third of the time')
  t.equal(summarizeQueue(states).drainedAtSeconds, undefined)
})

t.test('works off a burst without losing or inventing messages', async (t) => {
  const arrivalsAt = burstArrivals({ perSecond: 5, burstPerSecond: 50, fromSeconds: 60, forSeconds: 60 })
  const states = simulateQueue({ ...STEADY, arrivalsAt, seconds: 1200 })
  const { maxDepth, drainedAtSeconds } = summarizeQueue(states)
  t.equal(maxDepth, 40 * 60)
  t.ok(Math.abs((drainedAtSeconds ?? 0) - (120 + 2400 / 5)) <= 1)
  t.ok(Math.abs(sum(states.map(({ donePerSecond }) => donePerSecond)) - (1140 * 5 + 60 * 50)) < 1e-6)
})

t.test("workers grow like Lambda's up to their maximum, and the store limits their rate", async (t) => {
  const settings = {
    workers: { atFirst: 5, perMinute: 300, most: 1000 },
    serviceSeconds: 0.5,
    ceilingPerSecond: 1500,
    arrivalsAt: () => 3000,
    seconds: 400
  }
  const states = simulateQueue(settings)
  t.equal(states[59]?.workers, 305)
  t.equal(states.at(-1)?.workers, 1000)
  t.equal(Math.max(...states.map(({ donePerSecond }) => donePerSecond)), 1500)
})

t.test('no message is older than the last time the queue was empty', async (t) => {
  const states = simulateQueue({
    ...STEADY,
    workers: { atFirst: 7, perMinute: 0, most: 7 },
    serviceSeconds: 0.3,
    arrivalsAt: dayArrivals(2.5e6),
    seconds: 86_400
  })
  const emptyAt = states.findLastIndex(({ depth, seconds }) => depth === 0 && seconds < 43_200)
  t.ok(summarizeQueue(states).maxDepth > 1000)
  t.ok(states.slice(emptyAt).every(({ oldestSeconds, seconds }) => oldestSeconds <= seconds - emptyAt))
})

t.test('the arrivals of a day add up', async (t) => {
  const day = dayArrivals(1e6)
  t.ok(Math.abs(sum(Array.from({ length: 86_400 }, (_, second) => day(second))) - 1e6) < 1)
  t.ok(day(43_200) > 20 && day(0) === 0)
})
