import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { compareDependencies } from './support/dependency-rules.ts'
import type { PackageManifest } from './support/dependency-rules.ts'
import { inspectSource, readSources } from './support/source-files.ts'

const UNIMPORTED = {
  'ffmpeg-static': 'is looked up on disk by the bootstrap and at start, since its installer may have been refused',
  ...Object.fromEntries(
    ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'].map((platform) => [
      `@seydx/node-av-${platform}`,
      'is loaded by workers alone, the one of this machine, by a name that is put together'
    ])
  )
}

t.test('what src imports is what package.json ships', async (t) => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as PackageManifest
  t.same(compareDependencies(readSources(fileURLToPath(new URL('../src', import.meta.url))), manifest, UNIMPORTED), [])
})

const compare = (text: string, manifest: PackageManifest, unimported: Record<string, string> = {}) =>
  compareDependencies([inspectSource('x.ts', text)], manifest, unimported)

t.test('is able to fail', async (t) => {
  const one = { dependencies: { '@a/b': '1' } }
  t.same(compare("import b from '@a/b/deep'\nimport fs from 'node:fs'\nimport { y } from './y.ts'", one), [])
  t.same(compare("import c from 'c'", {}), ['x.ts: c is not a dependency'])
  t.same(compare("const c = await import('c')", { devDependencies: { c: '1' } }), ['x.ts: c is not a dependency'])
  t.same(compare("import fs from 'fs'", {}), ['x.ts: fs is written node:fs'])
  t.same(compare('', one), ['@a/b is a dependency that nothing imports'])
  t.same(compare('', one, { '@a/b': 'a reason' }), [])
  t.same(compare("import b from '@a/b'", one, { '@a/b': 'a reason' }), ['@a/b needs no excuse any more'])
  t.same(compare('', {}, { c: 'a reason' }), ['c needs no excuse any more'])
})

t.test('takes types alone from a development dependency', async (t) => {
  const manifest = { devDependencies: { '@types/aws-lambda': '1' } }
  t.same(compare("import type { Context } from 'aws-lambda'", manifest), [])
  t.same(compare("import { Context } from 'aws-lambda'", manifest), ['x.ts: aws-lambda is not a dependency'])
  t.same(compare("import type { Context } from 'aws-lambda'", {}), ['x.ts: aws-lambda is not a dependency'])
})
