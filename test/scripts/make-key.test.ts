import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import t from 'tap'
import { createApiKeyCheck, parseApiKeys } from '../../src/access/api-keys.ts'

const run = promisify(execFile)
const hash = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`

t.test('a generated key is accepted by its entry', async (t) => {
  const made = await Promise.all(
    ['web', 'ci.2'].map(async (name) => {
      const { stdout } = await run(process.execPath, ['scripts/make-key.mjs', name])
      const [, key = '', entry = ''] = /^key {4}(\S+)\nentry {2}(\{.*\})\n$/.exec(stdout) ?? []
      return { name, key, entry }
    })
  )
  const entries = parseApiKeys(`[${made.map(({ entry }) => entry).join()}]`)
  const check = createApiKeyCheck(entries ?? [])
  for (const { name, key, entry } of made) {
    t.match(key, /^pfk_[\w-]{43}$/)
    t.notOk(entry.includes(key))
    t.match(check(key), { name, verbs: ['read', 'write'], presetsOnly: false })
    t.equal(check(`${key} `), undefined)
    t.equal(check(key.slice(0, -1)), undefined)
    t.equal(check(hash(key)), undefined, 'the hash is not a key')
  }
  t.not(made[0]?.key, made[1]?.key)
})

t.test('rejects a missing or invalid name', async (t) => {
  for (const args of [[], [''], ['a b'], ['a', 'b']]) {
    await t.rejects(run(process.execPath, ['scripts/make-key.mjs', ...args]), { code: 64, stdout: '' })
  }
})
