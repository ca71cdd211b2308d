import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { startStallWatchdog } from '../../src/limits/stall-watchdog.ts'

function useMockTimers (t: Test): (ms: number) => void {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  return (ms) => mock.timers.tick(ms)
}

t.test('aborts with its reason when nothing arrives for the idle time', async (t) => {
  const tick = useMockTimers(t)
  const { signal } = startStallWatchdog(1000, () => new Error('stalled'))
  tick(999)
  t.equal(signal.aborted, false)
  tick(1)
  t.match(signal.reason, { message: 'stalled' })
})

t.test('does not abort a stream that is slow but never idle for that long', async (t) => {
  const tick = useMockTimers(t)
  const { signal, postpone } = startStallWatchdog(1000, () => new Error('stalled'))
  for (let chunk = 0; chunk < 5; chunk++) {
    tick(900)
    postpone()
  }
  t.equal(signal.aborted, false)
  tick(1000)
  t.equal(signal.aborted, true)
})

t.test('does not abort after it was stopped, even if it is postponed again', async (t) => {
  const tick = useMockTimers(t)
  const { signal, postpone, stop } = startStallWatchdog(1000, () => new Error('stalled'))
  stop()
  postpone()
  tick(5000)
  t.equal(signal.aborted, false)
})
