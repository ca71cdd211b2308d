import t from 'tap'
import { judgeSoak, type SoakOutcome } from '../../../bench/soak/judge.ts'

const sample = (memoryBytes: number, descriptors = 40) => ({
  memoryBytes,
  childBytes: 0,
  descriptors,
  scratchEntries: 0
})
const flat: SoakOutcome = {
  samples: Array.from({ length: 30 }, () => sample(150e6)),
  responses: [
    { kind: 'hit', status: 200, count: 9 },
    { kind: 'hostile', status: 415, count: 3 },
    { kind: 'miss', status: 503, count: 1 }
  ],
  leftOnScratch: 0,
  isHealthy: true,
  pidsLimit: 'a limit',
  hits: { p50: 5, p99: 9, count: 9, errors: 0 }
}
const listMissed = (outcome: Partial<SoakOutcome>) =>
  judgeSoak({ ...flat, ...outcome })
    .filter(({ isHeld }) => !isHeld)
    .map(({ condition }) => condition)

t.test('accepts what is flat, answered and clean', async (t) => {
  t.same(listMissed({}), [])
})

t.test('finds growth, failures and leftovers', async (t) => {
  const growing = Array.from({ length: 30 }, (_, index) => sample(150e6 + index * 2e6))
  t.match(listMissed({ samples: growing }), [/^memory/])
  t.match(listMissed({ samples: flat.samples.map((one, index) => ({ ...one, descriptors: index * 2 })) }), [
    /^open descriptors/
  ])
  for (const status of [0, 500, 502, 504]) {
    t.match(listMissed({ responses: [{ kind: 'miss', status, count: 1 }] }), [/^5xx/])
  }
  t.match(listMissed({ hits: { ...flat.hits, errors: 1 } }), [/^5xx/])
  for (const kind of ['miss', 'upload', 'pids limit']) {
    t.match(listMissed({ responses: [{ kind, status: 422, count: 1 }] }), [/^good videos/])
  }
  const rightful = [
    { kind: 'upload', status: 429, count: 1 },
    { kind: 'stalled', status: 408, count: 1 },
    { kind: 'hostile', status: 422, count: 1 }
  ]
  t.same(listMissed({ responses: rightful }), [])
  t.match(listMissed({ leftOnScratch: 1 }), [/^left on scratch/])
  t.match(listMissed({ isHealthy: false }), [/^healthy/])
})
