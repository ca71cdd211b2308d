import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'
import { listAnchors, listLinks, listPages } from '../support/markdown.ts'

/** The links of a page that lead to no file, or to no heading of one. */
function findDeadLinks (path: string, page: string): string[] {
  return listLinks(page).filter((target) => {
    const [file = '', anchor] = target.split('#')
    const other = file === '' ? path : normalize(join(dirname(path), file))
    if (!existsSync(other)) return true
    if (anchor === undefined || !other.endsWith('.md')) return false
    return !listAnchors(file === '' ? page : readFileSync(other, 'utf8')).has(anchor)
  })
}

for (const path of listPages()) {
  t.test(`the links of ${path} lead to files and headings`, async (t) => {
    t.strictSame(findDeadLinks(path, readFileSync(path, 'utf8')), [])
  })
}

t.test('every page of docs/ is listed in its index', async (t) => {
  const linked = listLinks(readFileSync('docs/README.md', 'utf8')).map((target) => normalize(join('docs', target)))
  const records = listLinks(readFileSync('docs/decisions/README.md', 'utf8')).map((target) =>
    normalize(join('docs/decisions', target))
  )
  const pages = listPages().filter((path) => path !== 'README.md' && path !== 'docs/README.md')
  t.strictSame(
    pages.filter((path) => ![...linked, ...records].includes(path)),
    []
  )
})

t.test('a link to a file or a heading detects a link to a missing file or heading', async (t) => {
  const page = [
    '# One (and `two`), three',
    '## One',
    '## One',
    '[a](README.md) [b](#one-and-two-three) [c](#one-1) [d](docs/api.md#routes) [e](https://example.com/x)',
    '![f](none.jpg) [g](#none) [h](docs/api.md#none)',
    '```md',
    '[i](gone.md)',
    '## Not a heading',
    '```'
  ].join('\n')
  t.strictSame(findDeadLinks('README.md', page), ['none.jpg', '#none', 'docs/api.md#none'])
  t.strictSame([...listAnchors(page)], ['one-and-two-three', 'one', 'one-1'])
})
