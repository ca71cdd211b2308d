import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'

interface Proof {
  readonly file: string
  readonly title: string | undefined
}

/** Returns the rows of every table of threats, with the tests that they name. */
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
      .map(({ file }) => `${file} does not exist`),
    ...proofs
      .filter(
        ({ file, title }) =>
          title !== undefined && existsSync(file) && !readFileSync(file, 'utf8').replaceAll("\\'", "'").includes(title)
      )
      .map(({ file, title }) => `${file} has no test "${title}"`)
  ])

const page = readFileSync('docs/security.md', 'utf8')

t.test('every threat names existing tests', async (t) => {
  t.ok(readRows(page).length > 20)
  t.same(findFaults(page), [])
})

t.test('the check detects a row without a test, a missing file and a missing title', async (t) => {
  const title = ['no', 'such', 'test'].join(' ')
  const head = '| threat | defence | test that proves it |\n| --- | --- | --- |\n'
  t.same(
    findFaults(
      `${head}| a | b | \`test/none.test.ts\` |\n| c | d | trust |\n| e | f | \`test/docs/security.test.ts\` "${title}" |\n\nmore`
    ),
    ['test/none.test.ts does not exist', 'no test: | c', `test/docs/security.test.ts has no test "${title}"`]
  )
})
