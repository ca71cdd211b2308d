import { readFile } from 'node:fs/promises'
import t from 'tap'
import { renderTables } from '../../../../bench/experiments/scale/tables.ts'

t.test('docs/scale.md has the tables of the model; if not, run `node bench/experiments/scale/main.ts`', async (t) => {
  const page = await readFile('docs/scale.md', 'utf8')
  t.equal(page.split('## Tables\n')[1], `\n${renderTables(1e7)}\n`)
})
