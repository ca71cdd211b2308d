// The programs that the CDK command runs, with the environment that it gives them.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = join(import.meta.dirname, '..')
const outdir = mkdtempSync(join(tmpdir(), 'posterframe-outdir-'))
after(() => {
  rmSync(outdir, { recursive: true, force: true })
})

function run (program: string, options: Readonly<Record<string, string>> = {}) {
  const { context } = JSON.parse(readFileSync(join(folder, 'cdk.json'), 'utf8')) as { context: object }
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...options }) }
  return spawnSync(process.execPath, [program], { cwd: folder, env, encoding: 'utf8' })
}

test('npm run synth prints the resources by type, and the outputs with their descriptions', () => {
  const { status, stdout, stderr } = run('synth.ts', { auth: 'none' })
  assert.deepEqual([status, stderr], [0, ''])
  const { Resources: resources, Outputs: outputs } = JSON.parse(
    readFileSync(join(outdir, 'Posterframe.template.json'), 'utf8')
  ) as { Resources: Record<string, { Type: string }>, Outputs: Record<string, { Description: string }> }
  const types = Object.values(resources).map(({ Type }) => Type)
  const [, head, rows = '', list = ''] =
    /^(.*)\n([^]*?)\n\nA deployment prints these outputs:\n([^]*?)\n\n/.exec(stdout) ?? []
  assert.equal(head, `The stack Posterframe has ${types.length} resources:`)
  const printed = rows.split('\n').map((row) => row.trim().split(' '))
  assert.deepEqual(
    printed,
    [...new Set(types)].sort().map((type) => [String(types.filter((each) => each === type).length), type])
  )
  assert.deepEqual(
    list.split('\n').map((line) => line.trim().split(' ')[0]),
    Object.keys(outputs)
  )
  for (const { Description } of Object.values(outputs)) assert.ok(list.includes(Description), Description)
  assert.doesNotMatch(stdout, /Fn::|"Type"/)
})

test('synth and deploy end with the names of unknown options, without a stack trace', () => {
  for (const program of ['app.ts', 'synth.ts']) {
    const { status, stdout, stderr } = run(program, { sourceBuckets: 'a' })
    assert.deepEqual(
      [status, stdout, stderr],
      [1, '', 'The options are invalid:\n  sourceBuckets is not an option; did you mean sourceBucket?\n']
    )
  }
})
