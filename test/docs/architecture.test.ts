// Holds docs/architecture.md and the other pages about the code to the tree as it is.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { LAYERS } from '../support/source-rules.ts'

const page = readFileSync('docs/architecture.md', 'utf8')
const files = readdirSync('src', { recursive: true, encoding: 'utf8' })

/** The files and folders that a page names in code, by the forms that pages use. */
function listMissing (text: string): string[] {
  const named = [...text.matchAll(/`((?:[\w-]+\/)*[\w.-]+\.(?:ts|mjs|js)|(?:[\w-]+\/)+)`/g)].map(([, name = '']) => name)
  return [...new Set(named)].filter(
    (name) =>
      !existsSync(name) &&
      !existsSync(`src/${name}`) &&
      !(name.endsWith('/') && existsSync(`src/video/${name}`)) &&
      !files.some((file) => file.endsWith(`/${name}`) || `${file}/`.endsWith(`/${name}`))
  )
}

for (const path of ['docs/architecture.md', 'CONTRIBUTING.md', ...listRecords()]) {
  t.test(`${path} names existing files`, async (t) => {
    t.strictSame(listMissing(readFileSync(path, 'utf8')), [])
  })
}

t.test('detects a missing file', async (t) => {
  t.strictSame(listMissing('`none.ts` `src/none.ts` `server.ts` `video/none/` `demux/` `app.ts`'), [
    'none.ts',
    'src/none.ts',
    'video/none/'
  ])
})

t.test('the map of CONTRIBUTING has every folder of src', async (t) => {
  const [, map = ''] = readFileSync('CONTRIBUTING.md', 'utf8').split('## Map\n')
  const listed = new Set([...map.split('\n## ')[0]!.matchAll(/`src\/([\w/-]+)\/`/g)].map(([, folder]) => folder))
  const folders = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice('src/'.length))
  t.strictSame(
    folders.filter((folder) => ![...listed].includes(folder) && !/^(video|client\/generated)$/.test(folder)),
    []
  )
})

t.test('the layers are in the order of the rules', async (t) => {
  const [, section = ''] = page.split('## Layers\n')
  const lines = [...section.matchAll(/^\d+\. (.*)$/gm)].map(([, line = '']) => line)
  t.ok(lines.length > 10)
  const rowOf = (entry: string) => LAYERS.findIndex((row) => row.includes(entry))
  const rows = lines.slice(1).flatMap((line) => [...line.matchAll(/`([\w./-]+)`/g)].map(([, entry = '']) => entry))
  t.strictSame(
    rows.filter((entry) => rowOf(entry) === -1),
    [],
    'each is an entry of the list'
  )
  const order = rows.map(rowOf)
  t.strictSame(order, order.toSorted((one, other) => other - one))
})

function listRecords (): string[] {
  return readdirSync('docs/decisions')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/decisions/${name}`)
}
