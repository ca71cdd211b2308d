import { createHash } from 'node:crypto'
import t from 'tap'
import { createApiKeyCheck } from '../../src/access/api-keys.ts'

const hash = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`

t.test('returns the identity of every key, and none for other texts', async (t) => {
  const names = Array.from({ length: 50 }, (_, index) => `key-${index}`)
  const check = createApiKeyCheck(names.map((name) => ({ name, hash: hash(`secret of ${name}`) })))
  for (const name of names) t.equal(check(`secret of ${name}`)?.name, name)
  for (const key of ['', 'secret of key-50', 'Secret of key-1', 'secret of key-1 ', hash('secret of key-1')]) {
    t.equal(check(key), undefined)
  }
})

t.test('an entry without verbs may read and write', async (t) => {
  const check = createApiKeyCheck([
    { name: 'a', hash: hash('a') },
    { name: 'b', hash: hash('b'), verbs: ['operate'] },
    { name: 'c', hash: hash('c'), verbs: [] }
  ])
  t.same(check('a')?.verbs, ['read', 'write'])
  t.same(check('b')?.verbs, ['operate'])
  t.same(check('c')?.verbs, [])
})
