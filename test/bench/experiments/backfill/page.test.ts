import t from 'tap'
import type { Contestant } from '../../../../bench/experiments/backfill/contestants.ts'
import { summarizeBackfill } from '../../../../bench/experiments/backfill/page.ts'

const roundsOf = (contestant: Contestant, ...rates: number[]) =>
  rates.map((perSecond, round) => ({ contestant, round, load: 1, perSecond }))

t.test('compares a contestant with the recipe in the rounds that both took part in', async (t) => {
  const rounds = [
    ...roundsOf('recipe', 4, 5, 9, 6, 7),
    ...roundsOf('ffmpeg', 5, 6),
    ...roundsOf('libav', 12, 13, 11, 14, 10)
  ]
  t.same(summarizeBackfill(rounds), [
    { contestant: 'recipe', perSecond: 6, ratio: 1 },
    { contestant: 'ffmpeg', perSecond: 5.5, ratio: 5.5 / 4.5 },
    { contestant: 'libav', perSecond: 12, ratio: 2 }
  ])
})
