import t from 'tap'
import {
  PresentationClock,
  chooseFrame,
  listFrameTimes,
  chooseSeekTime
} from '../../../src/video/extract/choose-frame.ts'
import type { Packet } from '../../../src/video/media/time.ts'

const packet = (pts: number, isKey = false, isShown = true): Packet => ({ pts, isKey, isShown, durationTicks: 1001 })
/** I P B B, then an open GOP: I B(leading) P. */
const PACKETS = [
  packet(0, true),
  packet(3003),
  packet(1001),
  packet(2002),
  packet(6006, true),
  packet(4004),
  packet(5005),
  packet(7007)
]
const clock = new PresentationClock({ numerator: 1, denominator: 30000 }, 0)
const frames = listFrameTimes(PACKETS)!

t.test('lists frames in the order of presentation', async (t) => {
  t.same(
    frames.map(({ pts }) => pts),
    [0, 1001, 2002, 3003, 4004, 5005, 6006, 7007]
  )
  t.same(
    listFrameTimes([packet(0, true), packet(-1001, false, false)])?.length,
    1,
    'what an edit list cuts is not shown'
  )
  t.equal(listFrameTimes([packet(NaN)]), undefined)
})

t.test('chooses the last frame at or before the timestamp', async (t) => {
  const cases: Array<[number, number]> = [
    [0, 0],
    [33365, 0],
    [33367, 1001],
    [33366, 1001],
    [66000, 1001],
    [1e9, 7007],
    [Number.MAX_SAFE_INTEGER, 7007]
  ]
  for (const [micros, pts] of cases) t.equal(chooseFrame(frames, micros, 'exact', clock).pts, pts, `${micros} us`)
})

t.test('returns the same frame for the time that it returned', async (t) => {
  for (const { pts } of frames) t.equal(chooseFrame(frames, clock.toMicros(pts), 'exact', clock).pts, pts)
})

t.test('returns the first frame for an earlier time', async (t) => {
  const late = [
    { pts: 30000, isKey: true },
    { pts: 31001, isKey: false }
  ]
  t.equal(chooseFrame(late, 0, 'exact', clock).pts, 30000)
  t.equal(chooseFrame(late, 0, 'keyframe', clock).pts, 30000)
})

t.test('returns the key frame at or before the timestamp', async (t) => {
  t.equal(chooseFrame(frames, 150_000, 'keyframe', clock).pts, 0)
  t.equal(chooseFrame(frames, 210_000, 'keyframe', clock).pts, 6006)
})

t.test('returns a frame if none is marked as a key frame', async (t) => {
  const none = frames.map(({ pts }) => ({ pts, isKey: false }))
  t.equal(chooseFrame(none, 100_100, 'keyframe', clock).pts, 3003)
})

t.test('finds no frame in an empty list', async (t) => {
  t.throws(() => chooseFrame([], 0, 'exact', clock), { code: 'corrupt_video' })
})

t.test('seeks to the key frame that leads to the target', async (t) => {
  t.same(chooseSeekTime(PACKETS, { pts: 2002, isKey: false }), { from: undefined, packetCount: 4 })
  t.match(chooseSeekTime(PACKETS, { pts: 7007, isKey: false }), { from: { pts: 6006 }, packetCount: 4 })
  t.same(
    chooseSeekTime(PACKETS, { pts: 4004, isKey: false }),
    { from: undefined, packetCount: 6 },
    'a leading picture needs the key frame before'
  )
})

t.test('counts from the start of the presentation', async (t) => {
  const shifted = new PresentationClock({ numerator: 1, denominator: 1000 }, 1_480_000)
  t.equal(shifted.toMicros(1480), 0)
  t.equal(shifted.toMicros(2480), 1_000_000)
  t.equal(shifted.toMicros(0), 0, 'never negative')
  t.equal(shifted.toContainerSeconds(2480), 2.48)
})

t.test('omits frames before the first key frame of a cut recording on request', async (t) => {
  const packets = [
    [0, false],
    [3, true],
    [2, false],
    [4, false]
  ].map(([pts, isKey]) => ({ pts, isKey, durationTicks: 1, isShown: true }) as Packet)
  t.same(
    listFrameTimes(packets, { isCut: true })?.map(({ pts }) => pts),
    [3, 4]
  )
  t.same(
    listFrameTimes(packets)?.map(({ pts }) => pts),
    [0, 2, 3, 4]
  )
})
