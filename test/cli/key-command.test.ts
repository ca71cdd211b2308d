import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import t from 'tap'
import { createApiKeyCheck, generateApiKey, parseApiKeys } from '../../src/access/api-keys.ts'
import { runCommandLine } from '../support/command-line.ts'

const hash = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`

t.test('key prints a key, and the variable that permits it, for a shell', async (t) => {
  const scope = ['--verbs', 'operate,read', '--bucket', 'a', '--bucket', 'b', '--prefix', "it's/"]
  const args = ['key', 'tenant-1', ...scope]
  const { exitCode, stdout, stderr } = await runCommandLine(args, { cwd: t.testdir() })
  t.same([exitCode, stderr], [0, ''])
  const [, key = '', setting = ''] = /^key {2}(\S+)\n\n(POSTERFRAME_API_KEYS='.*')\n$/.exec(stdout) ?? []
  t.match(key, /^pfk_[\w-]{43}$/)
  t.notOk(setting.includes(key))
  const list = execFileSync('sh', ['-c', `${setting}; printf %s "$POSTERFRAME_API_KEYS"`], { encoding: 'utf8' })
  const check = createApiKeyCheck(parseApiKeys(list) ?? [])
  t.match(check(key), { name: 'tenant-1', verbs: ['read', 'operate'], buckets: ['a', 'b'], prefixes: ["it's/"] })
})

t.test('a key reads and writes by default, is random, and is not its hash', async (t) => {
  const made = ['web', 'ci.2'].map((name) => generateApiKey(name, {}))
  const check = createApiKeyCheck(parseApiKeys(JSON.stringify(made.map(({ entry }) => entry))) ?? [])
  for (const { key, entry } of made) {
    t.match(check(key), { name: entry.name, verbs: ['read', 'write'], buckets: undefined, presetsOnly: false })
    t.equal(check(`${key} `), undefined)
    t.equal(check(key.slice(0, -1)), undefined)
    t.equal(check(hash(key)), undefined, 'the hash is not a key')
  }
  t.not(made[0]?.key, made[1]?.key)
  const { stdout } = await runCommandLine(['key', 'web'], { cwd: t.testdir() })
  t.match(stdout, /"verbs":\["read","write"\]/)
})

t.test('key rejects what the configuration would reject', async (t) => {
  const cases: Array<[args: string[], stderr: RegExp]> = [
    [[], /missing required argument 'name'/],
    [['a b'], /'a b' is not a valid name of a caller\. Use up to 64 of /],
    [['a', 'b'], /too many arguments/],
    [['a', '--verbs', 'read,wirte'], /'read,wirte' is invalid\. Use read, write, operate, comma-separated\./],
    [['a', '--prefix', 'tenant-1'], /'tenant-1' is not a valid prefix\. Use one that ends with a slash/],
    [['a', '--bucket', ''], /'' is not the name of a bucket\./]
  ]
  for (const [args, stderr] of cases) {
    t.match(await runCommandLine(['key', ...args], { cwd: t.testdir() }), { exitCode: 1, stdout: '', stderr })
  }
})
