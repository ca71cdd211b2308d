import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'

const skip = !existsSync('deploy/node_modules/aws-cdk-lib') && 'needs npm ci --prefix deploy'

t.test('the CDK app and the manifests', { skip }, async (t) => {
  await t.spawn(
    process.execPath,
    ['--test', '--test-reporter=tap', 'test/*.test.ts'],
    { cwd: 'deploy' },
    'tests of deploy/'
  )
})

t.test('the CDK CLI synthesises the app with options of the command line', { skip }, async (t) => {
  const out = t.testdir()
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'synth', '--output', out, '-c', 'encryption=s3', '-c', 'outputPrefix=pictures/'],
    { encoding: 'utf8' }
  )
  t.equal(status, 0, stderr)
  t.match(readFileSync(`${out}/Posterframe.template.json`, 'utf8'), /"POSTERFRAME_OUTPUT_PREFIX": "pictures\/"/)
})
