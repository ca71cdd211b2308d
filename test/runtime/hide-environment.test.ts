import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import t from 'tap'

const skip = existsSync('/proc/self/environ') ? false : 'needs /proc'

// A child reads the environment that its parent was started with.
const script = (isHidden: boolean) => `
  import { spawnSync } from 'node:child_process'
  import { scrubEnvironment } from ${JSON.stringify(new URL('../../src/runtime/hide-environment.ts', import.meta.url).href)}
  if (${isHidden}) console.log(scrubEnvironment(process.env))
  console.log(process.env.POSTERFRAME_TEST_SECRET, new Date(0).getTimezoneOffset())
  process.env.POSTERFRAME_TEST_SECRET = 'changed'
  const { stdout } = spawnSync('/bin/sh', ['-c', 'cat /proc/$PPID/environ; echo; echo $POSTERFRAME_TEST_SECRET'], { encoding: 'utf8' })
  console.log(stdout.replaceAll('\\0', ''))`

const run = (isHidden: boolean) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', script(isHidden)], {
    env: { PATH: process.env['PATH'], POSTERFRAME_TEST_SECRET: 'hunter2', TZ: 'UTC' },
    encoding: 'utf8'
  }).stdout.split('\n')

t.test('hides the environment from child processes and leaves the variables set', { skip }, async (t) => {
  t.same(run(true).slice(0, 4), ['true', 'hunter2 0', '', 'changed'])
})

t.test('a child process reads the environment if it is not hidden', { skip }, async (t) => {
  t.match(run(false)[1], /POSTERFRAME_TEST_SECRET=hunter2/)
})
