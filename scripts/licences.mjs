// Writes the list in docs/licences.md: the licence of every production package, from package-lock.json, so that it is
// the same on every machine.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Obligations of each licence when a package is redistributed. A licence that is not here has to be reviewed first. */
const TERMS = /** @type {Record<string, string>} */ ({
  '0BSD': 'none',
  'Apache-2.0': 'keep the licence and the notices',
  'Apache-2.0 AND LGPL-3.0-or-later': 'those of both licences; Windows only',
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT': 'those of all three licences; WebAssembly only',
  'BSD-3-Clause': "keep the licence; no advertising with the authors' names",
  'BlueOak-1.0.0': 'keep the licence',
  'GPL-3.0-or-later': 'provide the source of the program, or an offer of it',
  ISC: 'keep the licence',
  'LGPL-3.0-or-later': 'provide the source of the library, and allow replacing it: it is a separate file',
  MIT: 'keep the licence',
  'MPL-2.0': 'provide the source of its files if they were changed (they are not), and say where it is: npm'
})

/** Licences that package.json names in a form that the lockfile does not keep. Each was looked up in the package. */
const READ_BY_HAND = /** @type {Record<string, string>} */ ({
  'parse-cache-control': 'BSD-3-Clause'
})

/**
 * Returns the list of packages by licence.
 * @param {{ packages: Record<string, { version?: string, license?: string, dev?: boolean, optional?: boolean }> }} lock
 * @throws Error if a package has a licence whose obligations are not known
 */
export function describeLicences ({ packages }) {
  /** @type {Map<string, Set<string>>} */
  const groups = new Map()
  for (const [path, { version, license, dev, optional }] of Object.entries(packages)) {
    if (path === '' || dev === true) continue
    const name = path.replace(/^.*node_modules\//, '')
    const terms = license ?? READ_BY_HAND[name] ?? 'none'
    if (TERMS[terms] === undefined) {
      throw new Error(`${name} has the licence ${terms}, whose obligations scripts/licences.mjs does not know`)
    }
    groups.set(terms, (groups.get(terms) ?? new Set()).add(`${name} ${version}${optional === true ? '*' : ''}`))
  }
  return (
    'A star marks packages that are optional, or for one platform only.\n\n' +
    [...groups]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(
        ([licence, names]) => `### ${licence}\n\nObligations: ${TERMS[licence]}.\n\n${wrap([...names].sort().join(', '))}\n`
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

/** Heading of the generated list; the text above it is written by hand. */
export const LIST_HEADING = '## Packages\n'

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = new URL('..', import.meta.url)
  const page = await readFile(new URL('docs/licences.md', root), 'utf8')
  const list = describeLicences(JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8')))
  await writeFile(new URL('docs/licences.md', root), `${page.split(LIST_HEADING)[0]}${LIST_HEADING}\n${list}`)
}
