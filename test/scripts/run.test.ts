import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import t from 'tap'
import { runsTypeScript } from '../../scripts/node-binary.mjs'
import { startService } from '../support/running-service.ts'

// The environment right after a clone: no programs of this project on the PATH, no variables of npm.
const path = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((part) => !part.endsWith('node_modules/.bin'))
  .join(delimiter)
const env = Object.fromEntries(
  Object.entries({ ...process.env, PATH: path }).filter(
    ([name]) => !/^(npm_|_?TAP|POSTERFRAME_|FFMPEG_|NODE_OPTIONS|NODE_ENV|INIT_CWD|PORT$)/.test(name)
  )
)

t.test('lists its commands if the name is unknown', async (t) => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', 'stat'], { encoding: 'utf8' })
  t.equal(status, 1)
  const names =
    'setup|start|cli|test|lint|typecheck|openapi|client|docs|build|pin|pack|bench|fallbacks|fuzz|licences|' +
    'conformance|soak|deploy|synth|cdk|test-deploy'
  t.equal(stderr, `posterframe: usage: node scripts/run.mjs ${names}\n`)
})

t.test('passes arguments to the program and returns its exit code', async (t) => {
  const good = spawnSync(process.execPath, ['scripts/run.mjs', 'test', '--version'], { encoding: 'utf8' })
  t.match(good, { status: 0, stdout: /^\d+\.\d+/, stderr: '' }, 'prints nothing if nothing is missing')
  const bad = spawnSync(process.execPath, ['scripts/run.mjs', 'test', '--no-such-flag'], { encoding: 'utf8' })
  t.equal(bad.status, 1)
})

t.test('npm run cli runs the command line in the folder of the caller', async (t) => {
  const folder = t.testdir({ 'film.mp4': '' })
  const args = ['--prefix', process.cwd(), 'run', '--silent', 'cli', '--', 'probe', 'film.mp4']
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, env, encoding: 'utf8' })
  t.match({ status, stderr }, { status: 2, stderr: /^unsupported_media: / }, 'it finds the file')
})

const isDeep = process.env['CI'] === 'true' || process.env['POSTERFRAME_DEEP_TESTS'] === '1'
const reasonToSkip = isDeep ? false : 'installs all packages; set POSTERFRAME_DEEP_TESTS=1 to run it'

const patience = { timeout: 900_000 }
if (isDeep) t.setTimeout(patience.timeout)

t.test('in a clean clone', { skip: reasonToSkip, ...patience }, async (t) => {
  const clone = mkdtempSync(join(tmpdir(), 'posterframe-clone-'))
  t.teardown(() => {
    rmSync(clone, { recursive: true, force: true })
  })
  copyTrackedFiles(clone)

  await t.test('npm start makes a sample video and serves its frames', patience, async (t) => {
    const service = await startService('npm', ['start'], { cwd: clone, env })
    t.match(service.output(), /installing the npm packages[\s\S]*making a sample video/)
    const { stdout: own } = spawnSync('node', ['--version'], { env, encoding: 'utf8' })
    t.equal(service.output().includes('fetching Node 24'), !runsTypeScript(own.slice(1)), `the machine has Node ${own}`)
    const response = await fetch(`${service.base}/v1/thumbnails?key=sample.mp4&timestamp=12.48`)
    t.match(response, { status: 200 })
    t.equal(response.headers.get('content-type'), 'image/jpeg')
    t.equal(await service.stop(), 0, 'SIGTERM to npm reaches the service, which closes in order')
  })

  await t.test('the second start installs nothing', patience, async (t) => {
    const service = await startService('npm', ['start'], { cwd: clone, env })
    t.notMatch(service.output(), /installing|fetching|downloading|making/)
    t.equal(await service.stop(), 0)
  })

  await t.test('npm test runs the given tests', patience, async (t) => {
    const { status, stdout } = spawnSync(
      'npm',
      ['test', '--silent', '--', '--reporter=tap', 'test/scripts/packages.test.ts'],
      { cwd: clone, env, encoding: 'utf8' }
    )
    t.equal(status, 0)
    t.match(stdout, /# \{ total: \d+, pass: \d+ \}/)
  })
})

function copyTrackedFiles (directory: string): void {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8'
  })
  for (const file of stdout.split('\0').filter((file) => file !== '' && existsSync(file))) {
    mkdirSync(join(directory, dirname(file)), { recursive: true })
    copyFileSync(file, join(directory, file))
  }
}
