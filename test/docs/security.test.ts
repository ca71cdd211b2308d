import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'

interface Proof {
  readonly file: string
  readonly title: string | undefined
}

/** The rows of every table of threats, with the tests that they name. */
function readRows (page: string): Array<{ threat: string, proofs: Proof[] }> {
  const tables = page.split('| threat | defence | test that proves it |\n| --- | --- | --- |\n').slice(1)
  return tables
    .flatMap((table) => (table.split('\n\n')[0] ?? '').split('\n').filter((line) => line !== ''))
    .map((line) => {
      const [, threat = '', , proof = ''] =
        line.split(' | ').length === 3 ? ['', ...line.split(' | ')] : ['', line, '', '']
      return {
        threat,
        proofs: [...proof.matchAll(/`(test\/[^`]+)`(?: "([^"]+)")?/g)].map(([, file = '', title]) => ({ file, title }))
      }
    })
}

const findFaults = (page: string) =>
  readRows(page).flatMap(({ threat, proofs }) => [
    ...(proofs.length === 0 ? [`no test: ${threat}`] : []),
    ...proofs
      .filter(({ file }) => !/\.test\.ts$/.test(file) || !existsSync(file))
      .map(({ file }) => `${file} is not there`),
    ...proofs
      .filter(
        ({ file, title }) =>
          title !== undefined && existsSync(file) && !readFileSync(file, 'utf8').replaceAll("\\'", "'").includes(title)
      )
      .map(({ file, title }) => `${file} has no test "${title}"`)
  ])

const page = readFileSync('docs/security.md', 'utf8')

t.test('every threat names tests that are there', async (t) => {
  t.ok(readRows(page).length > 20)
  t.same(findFaults(page), [])
})

t.test('a row without a test, or with one that is gone, is found', async (t) => {
  const title = ['no', 'such', 'test'].join(' ')
  const head = '| threat | defence | test that proves it |\n| --- | --- | --- |\n'
  t.same(
    findFaults(
      `${head}| a | b | \`test/none.test.ts\` |\n| c | d | trust |\n| e | f | \`test/docs/security.test.ts\` "${title}" |\n\nmore`
    ),
    ['test/none.test.ts is not there', 'no test: | c', `test/docs/security.test.ts has no test "${title}"`]
  )
})

t.test('links of the pages lead to files', async (t) => {
  for (const [path, base] of [
    ['SECURITY.md', ''],
    ['docs/security.md', 'docs/'],
    ['docs/operations.md', 'docs/'],
    ['docs/licences.md', 'docs/']
  ] as const) {
    for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      t.ok(existsSync(`${base}${target}`), `${path}: ${target}`)
    }
  }
})
