// Checks the relative links of the pages, and the headings that they lead to.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'

const PAGES = [
  'SECURITY.md',
  ...[
    'access',
    'auto',
    'cli',
    'decoders',
    'delivery',
    'deploy',
    'events',
    'frontend',
    'licences',
    'operations',
    'picture-quality',
    'scale',
    'security',
    'signing',
    'uploads'
  ].map((name) => `docs/${name}.md`)
]

interface Link {
  readonly path: string
  readonly anchor: string | undefined
}

/** Returns the relative links of a page, with paths from the root of the repository. */
function readLinks (page: string): Link[] {
  return [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(
    ([, target = '', anchor]) => ({ path: target === '' ? page : join(dirname(page), target), anchor })
  )
}

/** Returns the anchors of the headings of a page, as GitHub builds them. */
function readAnchors (page: string): string[] {
  const text = readFileSync(page, 'utf8').replace(/^```.*?^```$/gms, '')
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  )
}

t.test('links lead to files and headings', async (t) => {
  for (const page of PAGES) {
    for (const { path, anchor } of readLinks(page)) {
      if (t.ok(existsSync(path), `${page}: ${path}`) && anchor !== undefined) {
        t.ok(readAnchors(path).includes(anchor), `${page}: ${path}#${anchor}`)
      }
    }
  }
})
