import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { compareDependencies } from './support/dependency-rules.ts'
import type { PackageManifest } from './support/dependency-rules.ts'
import { inspectSource, readSources } from './support/source-files.ts'

const UNIMPORTED = {
  'ffmpeg-static': 'is looked up on disk at start, because its install script may not have run',
  ...Object.fromEntries(
    ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'].map((platform) => [
      `@seydx/node-av-${platform}`,
      'is loaded by workers, for their platform, by a computed name'
    ])
  )
}

t.test('src/ imports exactly the dependencies in package.json', async (t) => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as PackageManifest
  t.same(compareDependencies(readSources(fileURLToPath(new URL('../src', import.meta.url))), manifest, UNIMPORTED), [])
})

const compare = (text: string, manifest: PackageManifest, unimported: Record<string, string> = {}) =>
  compareDependencies([inspectSource('x.ts', text)], manifest, unimported)

t.test('finds undeclared, unused and needlessly excused dependencies', async (t) => {
  const one = { dependencies: { '@a/b': '1' } }
  t.same(compare("import b from '@a/b/deep'\nimport fs from 'node:fs'\nimport { y } from './y.ts'", one), [])
  t.same(compare("import c from 'c'", {}), ['x.ts: c is not a dependency'])
  t.same(compare("const c = await import('c')", { devDependencies: { c: '1' } }), ['x.ts: c is not a dependency'])
  t.same(compare("import fs from 'fs'", {}), ['x.ts: fs must be imported as node:fs'])
  t.same(compare('', one), ['@a/b is a dependency that no file imports'])
  t.same(compare('', one, { '@a/b': 'the reason' }), [])
  t.same(compare("import b from '@a/b'", one, { '@a/b': 'the reason' }), ['@a/b does not need an exception'])
  t.same(compare('', {}, { c: 'the reason' }), ['c does not need an exception'])
})

t.test('allows only types from a development dependency', async (t) => {
  const manifest = { devDependencies: { '@types/aws-lambda': '1' } }
  t.same(compare("import type { Context } from 'aws-lambda'", manifest), [])
  t.same(compare("import { Context } from 'aws-lambda'", manifest), ['x.ts: aws-lambda is not a dependency'])
  t.same(compare("import type { Context } from 'aws-lambda'", {}), ['x.ts: aws-lambda is not a dependency'])
})
