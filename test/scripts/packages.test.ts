import { mkdirSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { hasLockedPackages } from '../../scripts/packages.mjs'

const locked = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', optional: true }
}

/** A project with this lockfile and, unless undefined, this text as npm's record of the installation. */
function makeProject (t: Test, installed: string | undefined): string {
  const root = t.testdir({ 'package-lock.json': JSON.stringify({ packages: locked }) })
  if (installed === undefined) return root
  mkdirSync(`${root}/node_modules`)
  writeFileSync(`${root}/node_modules/.package-lock.json`, installed)
  return root
}

t.test('compares node_modules with the lockfile', async (t) => {
  const { 'node_modules/a': a, 'node_modules/b': b } = locked
  const changeA = (change: object) => ({ ...locked, 'node_modules/a': { ...a, ...change } })
  const changeB = (change: object) => ({ ...locked, 'node_modules/b': { ...b, ...change } })
  const cases: Array<[string, Record<string, object>, boolean]> = [
    ['everything is installed', locked, true],
    ['an optional package is missing', { 'node_modules/a': a }, true],
    ['an extra package is installed', { ...locked, 'node_modules/c': { version: '3.0.0' } }, true],
    ['a package is missing', { 'node_modules/b': b }, false],
    ['another version is installed', changeA({ version: '1.0.1' }), false],
    ['other bytes of that version are installed', changeA({ integrity: 'sha512-x' }), false],
    ['another version of an optional package is installed', changeB({ version: '2.1.0' }), false]
  ]
  for (const [name, packages, expected] of cases) {
    await t.test(name, async (t) => {
      t.equal(hasLockedPackages(makeProject(t, JSON.stringify({ packages }))), expected)
    })
  }
})

t.test('finds a clean clone and an interrupted installation incomplete', async (t) => {
  t.equal(hasLockedPackages(makeProject(t, undefined)), false)
  t.equal(hasLockedPackages(makeProject(t, '{"packages": {"node_mod')), false)
})

t.test('rejects a project without a lockfile', async (t) => {
  t.throws(() => hasLockedPackages(t.testdir({})), { message: /package-lock\.json is missing/ })
})
