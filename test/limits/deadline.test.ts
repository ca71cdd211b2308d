import { once } from 'node:events'
import t from 'tap'
import { startDeadline } from '../../src/limits/deadline.ts'

t.test('aborts with timed_out when the time is up', async (t) => {
  const { signal } = startDeadline(1)
  t.equal(signal.aborted, false)
  await once(signal, 'abort')
  t.match(signal.reason, { code: 'timed_out', status: 504, detail: /1 ms/ })
})

t.test('aborts at once with a timeout of 0 or less', async (t) => {
  for (const timeoutMs of [0, -500]) t.match(startDeadline(timeoutMs).signal.reason, { code: 'timed_out' })
})

t.test('aborts with the reason of its parent', async (t) => {
  const parent = new AbortController()
  const { signal } = startDeadline(60_000, parent.signal)
  parent.abort(new Error('client left'))
  t.match(signal.reason, { message: 'client left' })
  t.match(startDeadline(60_000, parent.signal).signal.reason, { message: 'client left' })
  t.match(startDeadline(0, parent.signal).signal.reason, { message: 'client left' })
})

t.test('clear releases the timer and the parent', async (t) => {
  const parent = new AbortController()
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const deadline = startDeadline(60_000, parent.signal)
  t.equal(timers(), before + 1)
  deadline.clear()
  t.equal(timers(), before)
  parent.abort()
  t.equal(deadline.signal.aborted, false)
})

t.test('an abort releases the timer', async (t) => {
  const parent = new AbortController()
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  startDeadline(60_000, parent.signal)
  parent.abort()
  t.equal(timers(), before)
})
