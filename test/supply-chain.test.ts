import { readFileSync } from 'node:fs'
import t from 'tap'

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
