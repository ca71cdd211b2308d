import t from 'tap'
import { packResults } from '../../bench/thumbnails/raw-results.ts'
import type { InputResult } from '../../bench/thumbnails/results.ts'

t.test('packs results into JSON with a row per sample', async (t) => {
  const input = {
    input: { name: 'x', minutes: 1, layout: 'moov last', about: '' },
    samples: [{ way: 'c', seek: 'exact', index: null, ms: 1.23456789 }]
  } as unknown as InputResult
  const packed = JSON.parse(
    packResults({
      startedAt: 'then',
      command: '',
      machine: [],
      throughput: null,
      referenceOnly: [],
      inputs: [input, input]
    })
  ) as Record<string, unknown>
  t.match(packed, {
    startedAt: 'then',
    columns: ['way', 'seek', 'index', 'ms'],
    inputs: [{ input: { name: 'x' }, samples: [['c', 'exact', null, 1.2346]] }, {}]
  })
})
