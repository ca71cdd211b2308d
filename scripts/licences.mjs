// Updates the list of packages in docs/licences.md: the licence of every package that production installs. Reads it
// from package-lock.json, so the list is the same on every machine.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Obligations of those who redistribute a package, by its licence. Read a new licence before you add it. */
const TERMS = /** @type {Record<string, string>} */ ({
  '0BSD': 'nothing',
  'Apache-2.0': 'include the licence and the notices',
  'Apache-2.0 AND LGPL-3.0-or-later': 'the obligations of both; Windows only',
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT': 'the obligations of all three; WebAssembly only',
  'BSD-3-Clause': 'include the licence; do not advertise with the names of the authors',
  'BlueOak-1.0.0': 'include the licence',
  'GPL-3.0-or-later': 'include the source of the program or a written offer of it',
  ISC: 'include the licence',
  'LGPL-3.0-or-later': 'include the source of the library and allow its replacement: it is a separate file',
  MIT: 'include the licence',
  'MPL-2.0': 'say where the source is (npm) and include that of changed files; none is changed'
})

/** Licences that the lockfile lacks because package.json names them in another form; each was read in the package. */
const READ_BY_HAND = /** @type {Record<string, string>} */ ({
  'parse-cache-control': 'BSD-3-Clause'
})

/**
 * Returns the list of packages by licence.
 * @param {{ packages: Record<string, { version?: string, license?: string, dev?: boolean, optional?: boolean }> }} lock
 * @throws Error if a package has a licence that is not in the table
 */
export function describeLicences ({ packages }) {
  /** @type {Map<string, Set<string>>} */
  const groups = new Map()
  for (const [path, { version, license, dev, optional }] of Object.entries(packages)) {
    if (path === '' || dev === true) continue
    const name = path.replace(/^.*node_modules\//, '')
    const terms = license ?? READ_BY_HAND[name] ?? 'none'
    if (TERMS[terms] === undefined) {
      throw new Error(`${name} has the licence ${terms}, which is not in scripts/licences.mjs: read it first`)
    }
    groups.set(terms, (groups.get(terms) ?? new Set()).add(`${name} ${version}${optional === true ? '*' : ''}`))
  }
  return (
    'An asterisk marks a package that is optional or for another platform.\n\n' +
    [...groups]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(
        ([licence, names]) => `### ${licence}\n\nRequires: ${TERMS[licence]}.\n\n${wrap([...names].sort().join(', '))}\n`
      )
      .join('\n')
  )
}

/** @param {string} text */
function wrap (text, width = 120) {
  /** @type {string[]} */
  const lines = []
  for (const piece of text.split(/(?<=,) /)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + piece.length < width) lines[lines.length - 1] = `${last} ${piece}`
    else lines.push(piece)
  }
  return lines.join('\n')
}

/** Heading above the generated list; the text before it is written by hand. */
export const LIST_HEADING = '## Packages\n'

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = new URL('..', import.meta.url)
  const page = await readFile(new URL('docs/licences.md', root), 'utf8')
  const list = describeLicences(JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8')))
  await writeFile(new URL('docs/licences.md', root), `${page.split(LIST_HEADING)[0]}${LIST_HEADING}\n${list}`)
}
