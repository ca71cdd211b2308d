import { readFile } from 'node:fs/promises'
import t from 'tap'
import { renderTables, TABLES_HEADING } from '../../../../bench/experiments/scale/main.ts'
import { planBurst, planDay, simulateQueue, summarizeQueue } from '../../../../bench/experiments/scale/queue.ts'

const STEADY = { workers: { atFirst: 10, perMinute: 0, most: 10 }, serviceSeconds: 1, ceilingPerSecond: Infinity }
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)

t.test('no queue grows while there are workers enough', async (t) => {
  t.same(summarizeQueue(simulateQueue({ ...STEADY, arrivalsAt: () => 9, seconds: 600 })), {
    maxDepth: 0,
    maxOldestSeconds: 0,
    maxWorkers: 10,
    drainedAtSeconds: 1
  })
})

t.test('a queue grows by what is too much, and its oldest message waits as long as it takes', async (t) => {
  const moments = simulateQueue({ ...STEADY, arrivalsAt: () => 15, seconds: 600 })
  t.equal(moments.at(-1)?.depth, 5 * 600)
  t.ok(Math.abs((moments.at(-1)?.oldestSeconds ?? 0) - 200) <= 1, 'a third of the time')
  t.equal(summarizeQueue(moments).drainedAtSeconds, undefined)
})

t.test('what came in a burst is worked off, and nothing is lost or made up', async (t) => {
  const arrivalsAt = planBurst({ perSecond: 5, burstPerSecond: 50, fromSeconds: 60, forSeconds: 60 })
  const moments = simulateQueue({ ...STEADY, arrivalsAt, seconds: 1200 })
  const { maxDepth, drainedAtSeconds } = summarizeQueue(moments)
  t.equal(maxDepth, 40 * 60)
  t.ok(Math.abs((drainedAtSeconds ?? 0) - (120 + 2400 / 5)) <= 1)
  t.ok(Math.abs(sum(moments.map(({ donePerSecond }) => donePerSecond)) - (1140 * 5 + 60 * 50)) < 1e-6)
})

t.test("workers grow as Lambda's do, up to their number, and no store is asked for more than it carries", async (t) => {
  const setting = {
    workers: { atFirst: 5, perMinute: 300, most: 1000 },
    serviceSeconds: 0.5,
    ceilingPerSecond: 1500,
    arrivalsAt: () => 3000,
    seconds: 400
  }
  const moments = simulateQueue(setting)
  t.equal(moments[59]?.workers, 305)
  t.equal(moments.at(-1)?.workers, 1000)
  t.equal(Math.max(...moments.map(({ donePerSecond }) => donePerSecond)), 1500)
})

t.test('once it was empty nobody has waited longer than since then', async (t) => {
  const moments = simulateQueue({
    ...STEADY,
    workers: { atFirst: 7, perMinute: 0, most: 7 },
    serviceSeconds: 0.3,
    arrivalsAt: planDay(2.5e6),
    seconds: 86_400
  })
  const emptyAt = moments.findLastIndex(({ depth, seconds }) => depth === 0 && seconds < 43_200)
  t.ok(summarizeQueue(moments).maxDepth > 1000)
  t.ok(moments.slice(emptyAt).every(({ oldestSeconds, seconds }) => oldestSeconds <= seconds - emptyAt))
})

t.test('a day has as many messages as it is said to', async (t) => {
  const day = planDay(1e6)
  t.ok(Math.abs(sum(Array.from({ length: 86_400 }, (_, second) => day(second))) - 1e6) < 1)
  t.ok(day(43_200) > 20 && day(0) === 0)
})

t.test('the tables of docs/scale.md are those of the model; else run `node bench/scale.ts`', async (t) => {
  const page = await readFile('docs/scale.md', 'utf8')
  t.equal(page.split(TABLES_HEADING)[1], `\n${renderTables(1e7)}\n`)
})
