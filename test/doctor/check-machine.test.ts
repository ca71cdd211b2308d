import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config/config.ts'
import { checkMachine, checkSpace, rateIsolation } from '../../src/doctor/check-machine.ts'
import { findTestFfmpeg } from '../support/videos.ts'

const { signal } = new AbortController()
const options = { searchPath: process.env['PATH'] ?? '', signal }

t.test('compares the free space with what a download may need', async (t) => {
  t.match(checkSpace('/scratch', 2 ** 20, 2 ** 30), { status: 'fail', nextStep: /POSTERFRAME_SCRATCH_DIR/ })
  t.match(checkSpace('/scratch', 2 ** 29, 2 ** 30), { status: 'warn', detail: /has 512 MiB .* less than the 1 GiB/ })
  t.match(checkSpace('/scratch', 2 ** 31, 2 ** 30), { status: 'ok' })
})

t.test('only an isolation that hides files is good', async (t) => {
  t.match(rateIsolation({ hidesFiles: true, description: 'bubblewrap' }), { status: 'ok' })
  t.match(rateIsolation({ hidesFiles: false, description: 'none' }), { status: 'warn', nextStep: /bubblewrap/ })
})

t.test('checks scratch, isolation and decoder of this machine', async (t) => {
  const directory = t.testdir()
  const env = {
    POSTERFRAME_SCRATCH_DIR: join(directory, 'scratch'),
    POSTERFRAME_DECODER: 'ffmpeg',
    FFMPEG_PATH: await findTestFfmpeg()
  }
  const checks = await checkMachine(loadConfig(env), options)
  t.match(checks.map(({ name }) => name), ['scratch', 'isolation', 'decoder'])
  t.match(checks[2], { status: 'ok', detail: /^ffmpeg .* decodes\.$/ })
  const [, , missing] = await checkMachine(loadConfig({ ...env, FFMPEG_PATH: '/nowhere/ffmpeg' }), options)
  t.match(missing, { status: 'fail', nextStep: /FFMPEG_PATH/ })
  const [, strict] = await checkMachine(loadConfig({ ...env, POSTERFRAME_ISOLATION: 'strict' }), {
    ...options,
    searchPath: ''
  })
  t.match(strict, { name: 'isolation', status: 'fail', nextStep: /best-effort/ })
})

t.test('a scratch directory that cannot be written to fails, and nothing else can be checked', async (t) => {
  const file = join(t.testdir(), 'file')
  await writeFile(file, '')
  const checks = await checkMachine(loadConfig({ POSTERFRAME_SCRATCH_DIR: join(file, 'scratch') }), options)
  t.match(checks, [{ name: 'scratch', status: 'fail', detail: /ENOTDIR/, nextStep: /POSTERFRAME_SCRATCH_DIR/ }])
  t.equal(checks.length, 1)
})
