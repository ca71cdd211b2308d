import t from 'tap'
import {
  chooseBeginnings,
  spreadCandidateTimes,
  frameTimesOf,
  chooseFrameRate
} from '../../src/thumbnails/preview-timing.ts'
import { completePreviewOptions } from '../../src/options/preview-options.ts'

t.test('candidates lie all over the video, and none so late that no second is left', async (t) => {
  const candidates = spreadCandidateTimes(completePreviewOptions({ duration: 5 }), 100)
  t.equal(candidates.length, 20)
  t.equal(candidates[0], 2.5e6)
  t.equal(candidates.at(-1), 97.5e6)
  t.same(
    spreadCandidateTimes(completePreviewOptions({ duration: 3 }), 0.5),
    [0],
    'of what is shorter than a second the start alone'
  )
  t.ok(spreadCandidateTimes(completePreviewOptions({ duration: 10 }), 4).every((micros) => micros <= 3e6))
})

t.test('the best are shown in their order, and no moment twice', async (t) => {
  const ranked = [
    { atMicros: 0, score: 1 },
    { atMicros: 500_000, score: 9 },
    { atMicros: 1_200_000, score: 8 },
    { atMicros: 7e6, score: 7 },
    { atMicros: 3e6, score: 7 }
  ]
  t.same(chooseBeginnings(ranked, 3, []), [500_000, 3e6, 7e6])
  t.same(chooseBeginnings(ranked, 2, [9e6]), [500_000, 3e6], 'the earlier of equals')
  t.same(chooseBeginnings([], 3, [1e6]), [], 'nothing is shown of what no frame came out of')
  t.same(
    chooseBeginnings([{ atMicros: 0, score: 1 }], 3, [500_000, 2e6, 4e6, 9e6]),
    [0, 4e6, 9e6],
    'the farthest fill up'
  )
  t.same(chooseBeginnings([{ atMicros: 0, score: 1 }], 3, [500_000, 1e6]), [0, 1e6], 'as long as there is room')
})

t.test('frames are so many a second, and none past the end', async (t) => {
  t.same(
    frameTimesOf([0, 10e6], { seconds: 1, framesPerSecond: 2, durationSeconds: 60 }),
    [0, 500_000, 10e6, 10_500_000]
  )
  t.same(frameTimesOf([59_700_000], { seconds: 1, framesPerSecond: 4, durationSeconds: 60 }), [59_700_000, 59_950_000])
  t.same(
    frameTimesOf([0], { seconds: 3, framesPerSecond: 1, durationSeconds: 0 }),
    [0],
    'a video without a duration has its first frame'
  )
  t.equal(frameTimesOf([5e6], { seconds: 3, framesPerSecond: 8, durationSeconds: null }).length, 24)
})

t.test('there are no more frames than fit into memory', async (t) => {
  const options = completePreviewOptions({ framesPerSecond: 12, duration: 10, width: 640 })
  t.equal(chooseFrameRate(options, { width: 640, height: 640 }), 5)
  t.equal(chooseFrameRate(options, { width: 320, height: 180 }), 12)
})
