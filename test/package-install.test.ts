// The npm package, installed into an empty directory from a registry on loopback: no network is needed.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import t from 'tap'
import manifest from '../package.json' with { type: 'json' }
import { findFfmpeg } from '../scripts/ffmpeg.mjs'
import { startPackageRegistry } from './support/package-registry.ts'
import { startService } from './support/running-service.ts'
import { H264, makeBarcodeVideo } from './support/videos.ts'

const run = promisify(execFile)
const ffmpeg = findFfmpeg('.', process.env)
const nodeFolders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => existsSync(join(folder, 'node')))
const npmFolder = (process.env['PATH'] ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'npx')))
// A directory below the project would not be empty for npm, which looks for package.json in its parents.
const root = mkdtempSync(join(tmpdir(), 'posterframe-install-'))
const [dist, app] = [join(root, 'dist'), join(root, 'app')]
const entries = ['cli', 'server', 'lambda'].map((name) => join(dist, `${name}.mjs`))
const sentence = (version: string) =>
  new RegExp(`Posterframe needs Node 22\\.18 or later, and this is Node ${version.replaceAll('.', '\\.')} `)
t.setTimeout(240_000)
t.teardown(() => {
  rmSync(root, { recursive: true, force: true })
})

t.before(() => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--outdir', dist], { stdio: ['ignore', 'ignore', 'inherit'] })
})

t.test('every entry says in one line what an older Node lacks', async (t) => {
  t.equal(manifest.engines.node, '>=22.18')
  for (const version of ['20.19.0', '22.17.1']) {
    const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
    for (const entry of entries) {
      const args = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, entry, 'probe', 's3://videos/a.mp4']
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      t.match({ status, stdout, stderr }, { status: 1, stdout: '', stderr: sentence(version) }, `${version}: ${entry}`)
      if (!entry.endsWith('lambda.mjs')) t.equal(stderr.trim().split('\n').length, 1)
    }
  }
})

t.test('the same with an older Node of this machine', async (t) => {
  const [path = '', version = ''] =
    nodeFolders
      .map((folder) => join(folder, 'node'))
      .map((node) => [node, spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1)])
      .find(([, found = '']) => Number(found.split('.')[0]) < 22) ?? []
  if (path === '') return t.comment('skipped: every Node on the PATH is recent')
  for (const entry of entries) {
    const { status, stderr } = spawnSync(path, [entry, '--version'], { encoding: 'utf8' })
    t.match({ status, stderr }, { status: 1, stderr: sentence(version) }, `${version}: ${entry}`)
  }
})

t.test(
  'the server has started all threads of the encoder before the first picture',
  { skip: ffmpeg === undefined ? 'needs ffmpeg' : process.platform !== 'linux' && 'is tried on Linux' },
  async (t) => {
    const cwd = t.testdir()
    const env = { PATH: process.env['PATH'], FFMPEG_PATH: ffmpeg }
    const service = await startService(process.execPath, [join(dist, 'server.mjs')], { cwd, env })
    t.teardown(() => service.stop())
    const tasks = `/proc/${service.pid}/task`
    const names = readdirSync(tasks).map((id) => readFileSync(join(tasks, id, 'comm'), 'utf8').trim())
    t.equal(names.filter((name) => name === 'libvips worker').length, 12, names.join(', '))
  }
)

const needsNpm = { skip: npmFolder === undefined && 'needs npm' }
t.test('plain npm pack without a build makes a command that says so', needsNpm, async (t) => {
  const clone = join(root, 'clone')
  mkdirSync(clone)
  for (const name of ['package.json', '.npmrc', 'scripts', 'openapi.yaml']) {
    cpSync(name, join(clone, name), { recursive: true })
  }
  await run('npm', ['pack'], { cwd: clone })
  await run('tar', ['--extract', '--gzip', '--file', `posterframe-${manifest.version}.tgz`], { cwd: clone })
  const cli = join(clone, 'package', manifest.bin.posterframe)
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, '--version'], { encoding: 'utf8' })
  t.match({ status, stdout, stderr }, {
    status: 1,
    stdout: '',
    stderr: /^This package was packed without its build\. Run `npm run pack` in the clone, and .*\n$/
  })
  cpSync(dist, join(clone, 'package/dist'), { recursive: true })
  t.equal(execFileSync(process.execPath, [cli, '--version'], { encoding: 'utf8' }), `${manifest.version}\n`)
})

t.test(
  'the package installs into an empty directory and serves, and writes a thumbnail of a file',
  { skip: ffmpeg === undefined ? 'needs ffmpeg' : npmFolder === undefined && 'needs npm', timeout: 200_000 },
  async (t) => {
    mkdirSync(app)
    const env = {
      PATH: [dirname(process.execPath), npmFolder, '/usr/bin', '/bin'].join(delimiter),
      HOME: root,
      FFMPEG_PATH: ffmpeg,
      npm_config_cache: join(root, 'cache'),
      npm_config_registry: await startPackageRegistry(t),
      npm_config_update_notifier: 'false'
    }
    await run(process.execPath, ['scripts/pack.mjs', '--dist', dist, '--outdir', root])
    const tarball = join(root, `posterframe-${manifest.version}.tgz`)
    await run('npm', ['install', '--prefix', app, '--no-audit', '--no-fund', tarball], { cwd: app, env })
    t.strictSame(
      readdirSync(join(app, 'node_modules')).filter((name) => !/^[.@]/.test(name)),
      ['detect-libc', 'openapi-fetch', 'openapi-typescript-helpers', 'posterframe', 'semver', 'sharp'],
      'what the bundles contain is not installed a second time'
    )

    await makeBarcodeVideo(app, 'film.mp4', { seconds: 1, framesPerSecond: 24, args: [...H264] })
    await run('npx', ['posterframe', 'thumbnail', 'film.mp4', '-o', 'poster.webp'], { cwd: app, env })
    t.match(await sharp(join(app, 'poster.webp')).metadata(), { format: 'webp', width: 320 })

    const service = await startService('npx', ['posterframe', 'serve'], { cwd: app, env, ownGroup: true })
    for (const path of ['/', '/docs', '/openapi.yaml', '/readyz']) {
      t.equal((await fetch(service.base + path)).status, 200, path)
    }
    await service.stop()
    await t.rejects(fetch(service.base))
  }
)
