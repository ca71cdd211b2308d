import { chmod } from 'node:fs/promises'
import { delimiter, join, relative } from 'node:path'
import t from 'tap'
import { findProgram, isExecutable } from '../../src/sandbox/find-program.ts'

const directory = t.testdir({
  first: { tool: 'not executable' },
  second: { tool: '#!/bin/sh' },
  third: { tool: '#!/bin/sh' }
})
const [first, second, third] = ['first', 'second', 'third'].map((name) => join(directory, name)) as [
  string,
  string,
  string
]
for (const folder of [second, third]) await chmod(join(folder, 'tool'), 0o755)

t.test('returns the first executable of that name', async (t) => {
  t.equal(await findProgram('tool', [join(directory, 'none'), first, second, third].join(delimiter)), `${second}/tool`)
  t.equal(await findProgram('tool', first), undefined)
  t.equal(await findProgram('tool', ''), undefined)
})

t.test('skips entries that are relative to the working directory', async (t) => {
  const entry = relative(process.cwd(), second)
  t.ok(await isExecutable(join(entry, 'tool')), 'although the program is there')
  t.equal(await findProgram('tool', `${entry}${delimiter}${delimiter}${third}`), `${third}/tool`)
})
