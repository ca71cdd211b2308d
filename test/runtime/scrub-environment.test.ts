import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import t from 'tap'
import { removeSecrets } from '../../src/runtime/scrub-environment.ts'

const AWS = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'SECRET' }

t.test('removes the secrets and leaves other variables', async (t) => {
  const env = {
    ...AWS,
    AWS_SESSION_TOKEN: 'TOKEN',
    AWS_REGION: 'eu-west-1',
    POSTERFRAME_API_KEYS: '[]',
    POSTERFRAME_SIGNING_SECRETS: 'k1:x',
    POSTERFRAME_UPLOAD_SECRET: 'x',
    POSTERFRAME_AUTH: 'api-key',
    PATH: '/bin'
  }
  t.strictSame(removeSecrets(env), { accessKeyId: 'AKID', secretAccessKey: 'SECRET', sessionToken: 'TOKEN' })
  t.strictSame(env, { AWS_REGION: 'eu-west-1', POSTERFRAME_AUTH: 'api-key', PATH: '/bin' })
})

t.test('returns when the credentials expire', async (t) => {
  t.strictSame(removeSecrets({ ...AWS, AWS_CREDENTIAL_EXPIRATION: '2026-11-25T12:00:00Z' }), {
    accessKeyId: 'AKID',
    secretAccessKey: 'SECRET',
    expiration: new Date('2026-11-25T12:00:00Z')
  })
})

t.test('leaves the variables that the SDK must read itself', async (t) => {
  for (const env of [
    {},
    { AWS_ACCESS_KEY_ID: 'AKID' },
    { ...AWS, AWS_PROFILE: 'work' },
    { ...AWS, AWS_ACCESS_KEY_ID: '' },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'x' }
  ]) {
    const copy = { ...env }
    t.equal(removeSecrets(copy), undefined)
    t.strictSame(copy, env)
  }
})

const skip = existsSync('/proc/self/environ') ? false : 'reads /proc'
const MODULE_URL = new URL('../../src/runtime/scrub-environment.ts', import.meta.url).href

/** A program whose child process reads the environment that the program was started with. */
const script = (isScrubbed: boolean) => `
  import { spawnSync } from 'node:child_process'
  import { scrubEnvironment } from ${JSON.stringify(MODULE_URL)}
  if (${isScrubbed}) console.log(scrubEnvironment(process.env))
  console.log(process.env.POSTERFRAME_TEST_SECRET, new Date(0).getTimezoneOffset())
  process.env.POSTERFRAME_TEST_SECRET = 'changed'
  const { stdout } = spawnSync('/bin/sh', ['-c', 'cat /proc/$PPID/environ; echo; echo $POSTERFRAME_TEST_SECRET'], { encoding: 'utf8' })
  console.log(stdout.replaceAll('\\0', ''))`

const run = (isScrubbed: boolean) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', script(isScrubbed)], {
    env: { PATH: process.env['PATH'], POSTERFRAME_TEST_SECRET: 'hunter2', TZ: 'UTC' },
    encoding: 'utf8'
  }).stdout.split('\n')

t.test('wipes the environment that a child process can read, and leaves the variables', { skip }, async (t) => {
  t.same(run(true).slice(0, 4), ['true', 'hunter2 0', '', 'changed'])
})

t.test('a child process can read the environment if it is not wiped', { skip }, async (t) => {
  t.match(run(false)[1], /POSTERFRAME_TEST_SECRET=hunter2/)
})
