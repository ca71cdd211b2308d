import t from 'tap'
import {
  chooseStartTimes,
  spreadCandidateTimes,
  frameTimesOf,
  chooseFrameRate
} from '../../src/thumbnails/preview-timing.ts'
import { completePreviewOptions } from '../../src/options/preview-options.ts'

t.test('spreads candidates over the video, each with a second after it', async (t) => {
  const candidates = spreadCandidateTimes(completePreviewOptions({ duration: 5 }), 100)
  t.equal(candidates.length, 20)
  t.equal(candidates[0], 2.5e6)
  t.equal(candidates.at(-1), 97.5e6)
  t.same(
    spreadCandidateTimes(completePreviewOptions({ duration: 3 }), 0.5),
    [0],
    'a video shorter than a second has one candidate, its start'
  )
  t.ok(spreadCandidateTimes(completePreviewOptions({ duration: 10 }), 4).every((micros) => micros <= 3e6))
})

t.test('chooses the best candidates, a second apart and in ascending order', async (t) => {
  const ranked = [
    { micros: 0, score: 1 },
    { micros: 500_000, score: 9 },
    { micros: 1_200_000, score: 8 },
    { micros: 7e6, score: 7 },
    { micros: 3e6, score: 7 }
  ]
  t.same(chooseStartTimes(ranked, 3, []), [500_000, 3e6, 7e6])
  t.same(chooseStartTimes(ranked, 2, [9e6]), [500_000, 3e6], 'the earlier of equals')
  t.same(chooseStartTimes([], 3, [1e6]), [], 'no candidate, no fillers')
  t.same(
    chooseStartTimes([{ micros: 0, score: 1 }], 3, [500_000, 2e6, 4e6, 9e6]),
    [0, 4e6, 9e6],
    'fills up with the farthest fillers'
  )
  t.same(chooseStartTimes([{ micros: 0, score: 1 }], 3, [500_000, 1e6]), [0, 1e6], 'as long as they are a second apart')
})

t.test('spaces frames by the frame rate, and returns none after the end', async (t) => {
  t.same(
    frameTimesOf([0, 10e6], { seconds: 1, framesPerSecond: 2, durationSeconds: 60 }),
    [0, 500_000, 10e6, 10_500_000]
  )
  t.same(frameTimesOf([59_700_000], { seconds: 1, framesPerSecond: 4, durationSeconds: 60 }), [59_700_000, 59_950_000])
  t.same(
    frameTimesOf([0], { seconds: 3, framesPerSecond: 1, durationSeconds: 0 }),
    [0],
    'a video of duration 0 has its first frame'
  )
  t.equal(frameTimesOf([5e6], { seconds: 3, framesPerSecond: 8, durationSeconds: null }).length, 24)
})

t.test('lowers the frame rate so that all frames fit into memory', async (t) => {
  const options = completePreviewOptions({ framesPerSecond: 12, duration: 10, width: 640 })
  t.equal(chooseFrameRate(options, { width: 640, height: 640 }), 5)
  t.equal(chooseFrameRate(options, { width: 320, height: 180 }), 12)
})
