import t from 'tap'
import { checkKey } from '../../src/store/object-key.ts'

t.test('accepts any text of 1 to 1,024 bytes', async (t) => {
  for (const key of ['a', 'k'.repeat(1024), '🎬'.repeat(256), '...', '..a', 'a..', '.a/b.', 'a//b', '/', '\0']) {
    t.doesNotThrow(() => checkKey(key))
  }
})

t.test('rejects an invalid key', async (t) => {
  for (const key of ['', 'k'.repeat(1025), '🎬'.repeat(256) + 'a', '\ud83c', 'a\udfacb']) {
    t.throws(() => checkKey(key), { code: 'invalid_request' })
  }
})

t.test('rejects a key that a URL parser would change', async (t) => {
  for (const key of ['.', '..', './a', '../a', 'a/.', 'a/..', 'a/../b', '/..', '//../']) {
    t.throws(() => checkKey(key), { code: 'forbidden_key' })
    t.not(decodeURIComponent(new URL(`http://store/bucket/${key}`).pathname), `/bucket/${key}`)
  }
})
