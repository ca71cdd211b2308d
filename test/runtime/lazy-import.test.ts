import t from 'tap'
import { lazyImport } from '../../src/runtime/lazy-import.ts'

t.test('loads on first use, once, and again after a failure', async (t) => {
  let loads = 0
  let isBroken = true
  const load = lazyImport(async () => {
    loads++
    if (isBroken) throw new Error('broken')
    return 'loaded'
  })
  t.equal(loads, 0)
  await t.rejects(Promise.all([load(), load()]), { message: 'broken' })
  t.equal(loads, 1)
  isBroken = false
  t.same(await Promise.all([load(), load()]), ['loaded', 'loaded'])
  t.equal(await load(), 'loaded')
  t.equal(loads, 2)
})
