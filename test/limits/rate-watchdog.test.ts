import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { startRateWatchdog } from '../../src/limits/rate-watchdog.ts'

function start (t: Test) {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  return startRateWatchdog({ windowMs: 6000, minBytes: 600 }, () => new Error('too slow'))
}

t.test('aborts a stream that drips', async (t) => {
  const { signal, count } = start(t)
  for (let second = 0; second < 5; second++) {
    count(99)
    mock.timers.tick(1000)
  }
  t.equal(signal.aborted, false, 'not before the window has passed')
  count(99)
  mock.timers.tick(1000)
  t.match(signal.reason, { message: 'too slow' })
})

t.test('does not abort a stream that pauses and catches up', async (t) => {
  const { signal, count } = start(t)
  for (let round = 0; round < 4; round++) {
    count(600)
    mock.timers.tick(6000)
  }
  t.equal(signal.aborted, false)
  mock.timers.tick(1000)
  t.equal(signal.aborted, true, 'the window slides')
})

t.test('does not abort after it was stopped', async (t) => {
  const { signal, stop } = start(t)
  stop()
  mock.timers.tick(60_000)
  t.equal(signal.aborted, false)
})
