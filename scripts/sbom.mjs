// Prints a software bill of materials (CycloneDX) of the packages in package-lock.json that production installs. `npm
// sbom --omit dev` leaves out packages that development needs as well, so npm gets a project without dev dependencies.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
const packages = Object.fromEntries(Object.entries(lock.packages).filter(([, { dev }]) => dev !== true))
delete packages[''].devDependencies

const parent = mkdtempSync(join(tmpdir(), 'posterframe-sbom-'))
// npm takes the name of the project from the directory.
const directory = join(parent, 'posterframe')
try {
  mkdirSync(directory)
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify({ ...lock, packages }))
  const { status } = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit']
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(parent, { recursive: true })
}
