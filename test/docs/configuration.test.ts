import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { CONFIG_SECTIONS, describeVariable, fillInVariables, TABLE_HEAD } from '../../scripts/print-configuration.ts'
import { CONFIG_VARIABLES } from '../../src/config/variables.ts'

const page = readFileSync('docs/configuration.md', 'utf8')
const names: string[] = CONFIG_VARIABLES.map(({ name }) => name)

t.test('the page is what npm run docs writes', async (t) => {
  t.equal(fillInVariables(page), page)
})

t.test('every variable is in exactly one section', async (t) => {
  t.strictSame(CONFIG_SECTIONS.flatMap(([, listed]) => listed).toSorted(), names.toSorted())
})

t.test('writes the tables between the comments, and nothing else', async (t) => {
  const [before = '', after = ''] = page.split(/<!-- Written by[^]*<!-- End of what `npm run docs` writes\. -->\n/)
  const emptied = page.replace(/(?<=<!-- Written by .*\n)[^]*(?=<!-- End)/, 'old tables\n')
  t.equal(fillInVariables(emptied), page)
  t.ok(before.startsWith('# Configuration\n') && after.includes('## IAM permissions'))
  t.throws(() => fillInVariables(before), { message: /lacks the comments/ })
})

t.test('README shows eight variables, in the words of the page', async (t) => {
  const [, table = ''] = readFileSync('README.md', 'utf8').split(TABLE_HEAD)
  const rows = table.split('\n\n')[0]?.split('\n') ?? []
  t.equal(rows.length, 8)
  const known = CONFIG_VARIABLES.map(({ name }) => describeVariable(name).trim())
  for (const row of rows) t.ok(known.includes(row), row)
})

t.test('no page names a variable that the service does not read', async (t) => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...listPages('docs/')]
  const others = ['POSTERFRAME_KEY', 'POSTERFRAME_DEEP_TESTS']
  for (const path of pages) {
    const named = new Set(readFileSync(path, 'utf8').match(/\bPOSTERFRAME_[A-Z0-9_]*[A-Z0-9]\b/g))
    t.strictSame([...named].filter((name) => !names.includes(name) && !others.includes(name)), [], path)
  }
})

function listPages (folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}${name}`)
}
