import fc from 'fast-check'
import t from 'tap'
import { chooseFrame, PresentationClock } from '../../../src/video/extract/choose-frame.ts'
import {
  microsToLastTick,
  spreadEvenly,
  spreadIndexes,
  ticksToMicros,
  TOLERANCE_MICROS
} from '../../../src/video/media/time.ts'

t.test('matches a frame that begins within the tolerance after the requested time', async (t) => {
  const timescale = 30_000
  const beginsAt = ticksToMicros(1001, { numerator: 1, denominator: timescale })
  t.equal(microsToLastTick(beginsAt - TOLERANCE_MICROS, timescale), 1001)
  t.equal(microsToLastTick(beginsAt - TOLERANCE_MICROS - 1, timescale), 1000)
  t.equal(microsToLastTick(Number.MAX_SAFE_INTEGER, 1_000_000), 2 ** 53)
})

t.test('chooses the same frame by ticks, as an index does, as by microseconds, as a full download does', async (t) => {
  const pts = fc.nat(2 ** 32)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.uniqueArray(pts, { minLength: 1, maxLength: 5 }),
      fc.nat(5),
      (timescale, times, early) => {
        const frames = times.toSorted((one, other) => one - other).map((pts) => ({ pts, isKey: true }))
        const clock = new PresentationClock({ numerator: 1, denominator: timescale }, 0)
        const atMicros = Math.max(0, clock.toMicros(frames.at(-1)!.pts) - early)
        const lastTick = microsToLastTick(atMicros, timescale)
        const byTicks = frames.findLast(({ pts }) => pts <= lastTick) ?? frames[0]!
        return chooseFrame(frames, atMicros, 'exact', clock).pts === byTicks.pts
      }
    )
  )
  t.pass('100 videos')
})

t.test('returns the middles of equal parts', async (t) => {
  t.same(spreadEvenly(4, 100), [12.5, 37.5, 62.5, 87.5])
  t.same(spreadEvenly(1, 7), [3.5])
  t.same(spreadEvenly(0, 7), [])
})

t.test('returns every index of a list that is not longer than the count', async (t) => {
  t.same(spreadIndexes(8, 3), [0, 1, 2])
  t.same(spreadIndexes(3, 3), [0, 1, 2])
  t.same(spreadIndexes(3, 0), [])
  t.same(spreadIndexes(3, 10), [1, 5, 8])
})
