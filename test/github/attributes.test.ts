import { execFileSync } from 'node:child_process'
import t from 'tap'

const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()

/** Attributes of one file, by their names. */
const readAttributes = (file: string) =>
  Object.fromEntries(
    git('check-attr', '--all', '--', file)
      .split('\n')
      .map((line) => line.split(': ').slice(1) as [string, string])
  )

t.test('marks every file that a command writes as generated', async (t) => {
  for (const file of [
    'package-lock.json',
    'deploy/package-lock.json',
    'openapi.yaml',
    'docs/postman.json',
    'bench/RESULTS.md',
    'src/client/generated/openapi-types.d.ts'
  ]) {
    t.equal(readAttributes(file)['linguist-generated'], 'set', file)
  }
  for (const file of ['src/server.ts', 'README.md', 'docs/deploy.md']) {
    t.notOk('linguist-generated' in readAttributes(file), file)
  }
})

t.test('leaves lockfiles out of diffs and gives every text file LF', async (t) => {
  t.equal(readAttributes('package-lock.json')['diff'], 'unset')
  t.notOk('diff' in readAttributes('src/server.ts'))
  const endings = git('ls-files', '--eol').split('\n')
  t.ok(endings.length > 100)
  t.same(
    endings.filter((line) => !/^i\/(lf|none|-text)\s/.test(line)),
    []
  )
})
