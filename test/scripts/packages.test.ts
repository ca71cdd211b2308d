import { mkdirSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { hasLockedPackages, listMissingPackages } from '../../scripts/packages.mjs'

const locked = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', optional: true }
}

t.test('finds what the lockfile asks for and node_modules lacks', async (t) => {
  const cases: Array<[string, Record<string, object>, string[]]> = [
    ['nothing when all is there', locked, []],
    ['nothing when only an optional package is absent', { 'node_modules/a': locked['node_modules/a'] }, []],
    ['nothing when more is there than asked for', { ...locked, 'node_modules/c': { version: '3.0.0' } }, []],
    ['an absent package', { 'node_modules/b': locked['node_modules/b'] }, ['node_modules/a']],
    [
      'another version',
      { ...locked, 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } },
      ['node_modules/a']
    ],
    [
      'other bytes of the same version',
      { ...locked, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } },
      ['node_modules/a']
    ],
    [
      'an optional package in another version',
      { ...locked, 'node_modules/b': { version: '2.0.1', integrity: 'sha512-b' } },
      ['node_modules/b']
    ]
  ]
  for (const [name, installed, missing] of cases) {
    t.same(listMissingPackages({ packages: locked }, { packages: installed }), missing, name)
  }
})

t.test('reads both lockfiles', async (t) => {
  const root = t.testdir({ 'package-lock.json': JSON.stringify({ packages: locked }) })
  t.equal(hasLockedPackages(root), false, 'a clean clone')
  mkdirSync(`${root}/node_modules`)
  writeFileSync(`${root}/node_modules/.package-lock.json`, '{"packages": {"node_mod')
  t.equal(hasLockedPackages(root), false, 'an installation that was cut short')
  writeFileSync(`${root}/node_modules/.package-lock.json`, JSON.stringify({ packages: locked }))
  t.equal(hasLockedPackages(root), true, 'a whole installation')
})

t.test('refuses to guess without a lockfile', async (t) => {
  t.throws(() => hasLockedPackages(t.testdir({})), { message: /package-lock\.json is missing/ })
})
