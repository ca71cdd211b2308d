import t from 'tap'
import { priceThousand } from '../../../bench/thumbnails/dollars.ts'

t.test('prices requests, compute, scratch beyond the free part, and transfer', async (t) => {
  const dollars = priceThousand({ requests: 3, ms: 1000, bytes: 2e9, scratchBytes: 2.5e9 })
  t.equal(dollars.requests.toFixed(4), '0.0062')
  t.equal(dollars.compute.toFixed(4), '0.0578')
  t.equal(dollars.scratch.toFixed(7), '0.0000618')
  t.equal(dollars.otherRegion, 40)
  t.equal(dollars.total, dollars.requests + dollars.compute + dollars.scratch)
  t.equal(priceThousand({ requests: 3, ms: 1000, bytes: 0, scratchBytes: 1000 }).scratch, 0)
})
