// Packs dist/ as the npm package: node scripts/pack.mjs --outdir DIRECTORY. `npm run pack` builds dist/ first. The
// member `files` of package.json decides what the package contains. The bundles need two packages at run time, so the
// published manifest lists those instead of everything that the sources import.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** sharp is not bundled, and the types of the client import those of openapi-fetch. */
const DEPENDENCIES = ['openapi-fetch', 'sharp']

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: options } = parseArgs({
  options: { dist: { type: 'string', default: join(root, 'dist') }, outdir: { type: 'string', default: '.' } }
})

const { private: _, scripts, tap, devDependencies, overrides, dependencies, ...manifest } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8')
)
const published = {
  ...manifest,
  bin: { posterframe: 'dist/cli.mjs' },
  dependencies: Object.fromEntries(DEPENDENCIES.map((name) => [name, dependencies[name]]))
}

const stage = mkdtempSync(join(tmpdir(), 'posterframe-pack-'))
try {
  const outdir = resolve(options.outdir)
  mkdirSync(outdir, { recursive: true })
  cpSync(options.dist, join(stage, 'dist'), {
    recursive: true,
    // npm would exclude it only after the copy, and with --with-libav it has 170 MB.
    filter: (path) => basename(path) !== 'node_modules'
  })
  for (const name of ['README.md', 'LICENSE', 'openapi.yaml']) cpSync(join(root, name), join(stage, name))
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  const { status } = spawnSync('npm', ['pack', '--ignore-scripts', '--pack-destination', outdir], {
    cwd: stage,
    stdio: ['ignore', 'inherit', 'inherit']
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(stage, { recursive: true })
}
