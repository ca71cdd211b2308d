import { readdirSync, statSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadSigningSecret } from '../../../src/store/local/signing-secret.ts'

t.test('creates one secret for processes that start at the same time, and reuses it', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'secret')
  const secrets = await Promise.all(
    Array.from({ length: 20 }, (_, at) => loadSigningSecret(path, join(directory, `temporary-${at}`)))
  )
  t.equal(secrets[0]?.length, 32)
  for (const secret of secrets) t.same(secret, secrets[0])
  t.same(await loadSigningSecret(path, join(directory, 'temporary')), secrets[0])
  t.same(readdirSync(directory), ['secret'], 'leaves no other files')
  t.equal(statSync(path).mode & 0o777, 0o600)
})

t.test('creates a different secret at another path', async (t) => {
  const directory = t.testdir()
  const [one, other] = await Promise.all(
    ['one', 'other'].map((name) => loadSigningSecret(join(directory, name), join(directory, `${name}.tmp`)))
  )
  t.notSame(one, other)
})

t.test('rejects a secret that is too short', async (t) => {
  const path = join(t.testdir({ secret: 'guess me' }), 'secret')
  await t.rejects(loadSigningSecret(path, `${path}.tmp`), /too short/)
  t.equal(readFileSync(path, 'utf8'), 'guess me')
})
