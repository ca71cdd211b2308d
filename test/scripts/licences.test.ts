import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { describeLicences, LIST_HEADING } from '../../scripts/licences.mjs'

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Parameters<typeof describeLicences>[0]

t.test('the page lists what production installs today; else run `npm run licences`', async (t) => {
  t.equal(readFileSync('docs/licences.md', 'utf8').split(`${LIST_HEADING}\n`)[1], describeLicences(lock))
})

t.test('leaves out development dependencies, and rejects a licence that is not reviewed', async (t) => {
  const packages = {
    '': { license: 'MIT' },
    'node_modules/a': { version: '1.0.0', license: 'MIT' },
    'node_modules/b/node_modules/@c/d': { version: '2.0.0', license: 'ISC', optional: true }
  }
  const text = describeLicences({
    packages: { ...packages, 'node_modules/dev': { version: '1.0.0', license: 'GPL-2.0', dev: true } }
  })
  t.match(text, /### ISC\n\nObligations: [^\n]+\n\n@c\/d 2\.0\.0\*\n\n### MIT\n\nObligations: [^\n]+\n\na 1\.0\.0\n$/)
  t.throws(
    () => describeLicences({ packages: { ...packages, 'node_modules/e': { version: '1.0.0', license: 'AGPL-3.0' } } }),
    /e has the licence AGPL-3\.0/
  )
  t.throws(() => describeLicences({ packages: { 'node_modules/f': { version: '1.0.0' } } }), /f has the licence none/)
})

t.test('the bill of materials names the same packages', async (t) => {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8' })
  t.equal(status, 0)
  const bom = JSON.parse(stdout) as { bomFormat: string, components: ReadonlyArray<{ name: string, version: string }> }
  t.equal(bom.bomFormat, 'CycloneDX')
  const named = new Set(bom.components.map(({ name, version }) => `${name} ${version}`))
  const locked = Object.entries(lock.packages).flatMap(([path, { version, dev, optional }]) =>
    path === '' || dev === true || optional === true ? [] : [`${path.replace(/^.*node_modules\//, '')} ${version}`]
  )
  t.ok(locked.length > 100)
  t.same(
    locked.filter((name) => !named.has(name)),
    []
  )
  t.notMatch([...named].join('\n'), /^(tap|eslint|typescript) /m, 'nothing of development')
})
