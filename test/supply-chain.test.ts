import { readFileSync } from 'node:fs'
import t from 'tap'
import { readPins } from '../scripts/pins.mjs'

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly optional?: boolean
  readonly hasInstallScript?: boolean
  readonly inBundle?: boolean
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> }
const installed = Object.entries(packages).filter(([path]) => path !== '')

t.test('the lockfile has a digest of every package, and names no registry', async (t) => {
  t.ok(installed.length > 300)
  t.same(
    installed.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true).map(([path]) => path),
    []
  )
  t.same(
    installed.filter(([, { resolved, link }]) => resolved !== undefined || link === true).map(([path]) => path),
    []
  )
})

t.test('the lockfile of deploy/ does too, and no package there has an install script', async (t) => {
  const { packages } = JSON.parse(readFileSync('deploy/package-lock.json', 'utf8')) as {
    packages: Record<string, Locked>
  }
  const locked = Object.entries(packages).filter(([path, { inBundle }]) => path !== '' && inBundle !== true)
  t.ok(locked.length > 20)
  t.same(
    locked
      .filter(
        ([, { integrity, resolved, hasInstallScript }]) =>
          integrity?.startsWith('sha512-') !== true || resolved !== undefined || hasInstallScript === true
      )
      .map(([path]) => path),
    []
  )
  t.equal(readFileSync('deploy/.npmrc', 'utf8'), readFileSync('.npmrc', 'utf8'))
})

t.test('only one optional package of production has an install script', async (t) => {
  const scripted = installed.filter(([, { hasInstallScript, dev }]) => hasInstallScript === true && dev !== true)
  t.same(
    scripted.filter(([, { optional }]) => optional !== true).map(([path]) => path),
    []
  )
  t.same(
    scripted.map(([path]) => path),
    ['node_modules/ffmpeg-static']
  )
})

t.test('programs that packages download are pinned by digest, for the locked versions', async (t) => {
  const pins = readPins()
  const update = 'run npm run pin, compare the new sums with the published ones, and commit scripts/pins.json'
  for (const [name, { version, sha256 }] of Object.entries(pins)) {
    t.equal(version, packages[`node_modules/${name}`]?.version, `the pins of ${name} are of another version: ${update}`)
    t.ok(sha256['linux-x64'], `${name} has no pin for linux-x64: ${update}`)
    t.same(
      Object.values(sha256).filter((sum) => !/^[0-9a-f]{64}$/.test(sum)),
      []
    )
  }
  const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true)
  // The scripts of the others do not run, and they work without them.
  const WITHOUT = ['esbuild', 'fsevents', 'unrs-resolver']
  t.same(
    scripted
      .map(([path]) => path.replace(/.*node_modules\//, ''))
      .filter((name) => !(name in pins) && !WITHOUT.includes(name)),
    [],
    `packages that download a program need a pin: ${update}`
  )
})

t.test('npm runs no install scripts, in the images either', async (t) => {
  t.match(readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m)
  for (const file of ['Dockerfile', 'docker/lambda.Dockerfile']) {
    t.match(
      readFileSync(file, 'utf8'),
      /^COPY package\.json package-lock\.json \.npmrc \.\/$/m,
      `${file} copies .npmrc`
    )
  }
})
