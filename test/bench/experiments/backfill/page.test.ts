import t from 'tap'
import { renderBackfill, summarizeBackfill } from '../../../../bench/experiments/backfill/page.ts'
import type { BackfillWay } from '../../../../bench/experiments/backfill/contestants.ts'

const measure = (way: BackfillWay, ...speeds: number[]) =>
  speeds.map((perSecond, round) => ({ way, round, load: 1, perSecond }))
const measured = [
  ...measure('recipe', 4, 5, 9, 6, 7),
  ...measure('ffmpeg', 5, 6),
  ...measure('libav', 12, 13, 11, 14, 10)
]

t.test('a way is held against the recipe in the rounds that both took part in', async (t) => {
  t.same(summarizeBackfill(measured), [
    { way: 'recipe', perSecond: 6, ratio: 1 },
    { way: 'ffmpeg', perSecond: 5.5, ratio: 5.5 / 4.5 },
    { way: 'libav', perSecond: 12, ratio: 2 }
  ])
})

t.test('the page says what was reached, what was missed, and what a kill left behind', async (t) => {
  const result = { made: 998, found: 2, failed: 0, doneBefore: 1000 }
  const page = renderBackfill({
    machine: [['CPU', 'two']],
    measured,
    objects: 2000,
    perRound: 200,
    jobs: 2,
    resumption: { before: 1002, after: 2000, writtenAgain: 0, result }
  })
  t.match(page, /^\| `posterframe backfill` with libav \| 12 \| 2 \| pass \| 12, 13, 11, 14, 10 \|/m)
  t.match(page, /^\| `posterframe backfill` with ffmpeg \| 5\.5 \| 1\.22 \| MISS \|/m)
  t.match(page, /made 998, found 2, and knew\n1000 from the journal; then there were 2000 pictures, and 0 of/)
})
