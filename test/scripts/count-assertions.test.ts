import { spawnSync } from 'node:child_process'
import t from 'tap'
import { countAssertions } from '../../scripts/count-assertions.mjs'

t.test('reports the totals of the runner, and a failure if the runner failed or ran nothing', async (t) => {
  const cases: Array<[string, string, number, [number, number, number]]> = [
    ['a successful run', '1..1\n# { total: 7, pass: 7 }\n', 0, [7, 0, 0]],
    ['skipped tests and todos', '# { total: 9, pass: 6, skip: 2, todo: 1 }\n', 0, [6, 0, 3]],
    ['failures', '# { total: 4, pass: 2, fail: 1, skip: 1 }\n', 1, [2, 1, 1]],
    ['several totals, of which the last counts', '# { total: 1, pass: 1 }\n# { total: 3, pass: 3 }\n', 0, [3, 0, 0]],
    ['indented totals, which are those of one file', '    # { total: 1, pass: 1 }\n', 0, [0, 1, 0]],
    ['a runner that fails after passing tests', '# { total: 3, pass: 3 }\n', 1, [3, 1, 0]],
    ['a runner that crashed', 'TAP version 14\n', 1, [0, 1, 0]],
    ['no output', '', 0, [0, 1, 0]]
  ]
  for (const [name, tap, exitCode, [passed, failed, skipped]] of cases) {
    t.same(countAssertions(tap, exitCode), { passed, failed, skipped }, name)
  }
})

t.test('reads the output of the installed runner', async (t) => {
  const directory = t.testdir({
    'a.test.mjs': `import t from 'tap'
      t.test('outer', async (t) => { t.ok(1); await t.test('inner', async (t) => { t.ok(1) }) })
      t.test('left out', { skip: 'for a reason' }, async () => {})
      t.test('wrong', async (t) => { t.ok(false) })`
  })
  // tap prints no totals of its own if it runs below another tap.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^_?TAP/.test(name)))
  const { stdout, status } = spawnSync(process.execPath, [`${directory}/a.test.mjs`], { encoding: 'utf8', env })
  t.same(countAssertions(stdout, status ?? 1), { passed: 2, failed: 1, skipped: 1 })
})
