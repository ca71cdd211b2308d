import t from 'tap'
import { KeySet } from '../../../src/cli/backfill/key-set.ts'

t.test('contains exactly the added strings while it grows', async (t) => {
  const set = new KeySet()
  const count = 50_000
  for (let number = 0; number < count; number++) set.add(`key ${number}`)
  for (let number = 0; number < count; number += 7) set.add(`key ${number}`)
  t.equal(set.size, count, 'does not count duplicates')
  const wrong = Array.from({ length: count }, (_, number) => [
    set.has(`key ${number}`),
    set.has(`other ${number}`)
  ]).filter(([own, other]) => own !== true || other === true)
  t.same(wrong, [])
})
