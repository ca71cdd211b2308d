// Writes docs/licences.md: the licence of every package that production installs, out of package-lock.json, so that
// it is the same on every machine.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** What each licence asks of those who pass a package on; one that is not here has to be read first. */
const TERMS = /** @type {Record<string, string>} */ ({
  '0BSD': 'nothing',
  'Apache-2.0': 'keep the licence and the notices',
  'Apache-2.0 AND LGPL-3.0-or-later': 'both of these; Windows only',
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT': 'all of these; WebAssembly only',
  'BSD-3-Clause': 'keep the licence; no advertising with names',
  'BlueOak-1.0.0': 'keep the licence',
  'GPL-3.0-or-later': 'give the source of the program along, or an offer of it',
  ISC: 'keep the licence',
  'LGPL-3.0-or-later': 'give the source of the library along, and let it be replaced: it is a file of its own',
  MIT: 'keep the licence',
  'MPL-2.0': 'give the source of its files along where they were changed, which they are not, and say where it is: npm'
})

/** Where package.json names the licence in a form that the lockfile does not keep; each was read in the package. */
const READ_BY_HAND = /** @type {Record<string, string>} */ ({
  'parse-cache-control': 'BSD-3-Clause'
})

/**
 * The table of licences.
 * @param {{ packages: Record<string, { version?: string, license?: string, dev?: boolean, optional?: boolean }> }} lock
 * @throws Error where a package has a licence whose terms are not known
 */
export function describeLicences ({ packages }) {
  /** @type {Map<string, Set<string>>} */
  const groups = new Map()
  for (const [path, { version, license, dev, optional }] of Object.entries(packages)) {
    if (path === '' || dev === true) continue
    const name = path.replace(/^.*node_modules\//, '')
    const terms = license ?? READ_BY_HAND[name] ?? 'none'
    if (TERMS[terms] === undefined) {
      throw new Error(`${name} has the licence ${terms}, whose terms scripts/licences.mjs does not know`)
    }
    groups.set(terms, (groups.get(terms) ?? new Set()).add(`${name} ${version}${optional === true ? '*' : ''}`))
  }
  return (
    'With a star: optional, or for another platform.\n\n' +
    [...groups]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(
        ([licence, names]) => `### ${licence}\n\nAsks: ${TERMS[licence]}.\n\n${wrap([...names].sort().join(', '))}\n`
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

/** Where the written part ends and the list begins. */
export const LIST_HEADING = '## Packages\n'

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = new URL('..', import.meta.url)
  const page = await readFile(new URL('docs/licences.md', root), 'utf8')
  const list = describeLicences(JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8')))
  await writeFile(new URL('docs/licences.md', root), `${page.split(LIST_HEADING)[0]}${LIST_HEADING}\n${list}`)
}
