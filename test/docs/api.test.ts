// Holds docs/api.md to the contract: its routes, options and errors.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { ERROR_CATALOGUE } from '../../src/errors.ts'

interface Parameter {
  readonly name: string
}
interface Schema {
  readonly properties?: Readonly<Record<string, Property>>
  readonly items?: Schema
}
interface Property extends Schema {
  readonly default?: string | number | boolean
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}
interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

const page = readFileSync('docs/api.md', 'utf8')
const { paths } = parse(readFileSync('openapi.yaml', 'utf8')) as {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** The text below a heading, up to the next one of any level. */
function readSection (heading: string): string {
  return (page.split(`\n${heading}\n`)[1] ?? '').split(/^#+ /m)[0] ?? ''
}

/** The cells of the rows of the tables in a section whose first cell is in code. */
function readRows (heading: string): string[][] {
  return [...readSection(heading).matchAll(/^\| (.*) \|$/gm)]
    .map(([, row = '']) => row.split(' | ').map((cell) => cell.trim()))
    .filter(([first = '']) => /^[`\d]/.test(first))
}

t.test('lists every route of the contract, and no other', async (t) => {
  const documented = readRows('## Routes').map(([route]) => route?.replaceAll('`', ''))
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)
  )
  t.strictSame(documented.toSorted(), routes.toSorted())
})

for (const [heading, path] of [
  ['### Options', '/v1/thumbnails'],
  ['## Storyboards', '/v1/storyboards'],
  ['## Previews', '/v1/previews']
] as const) {
  t.test(`has every option of POST ${path}, with its values and its default`, async (t) => {
    const schema = paths[path]?.['post']?.requestBody?.content['application/json']?.schema
    const rows = readRows(heading)
    const first = rows.findIndex(([name]) => name?.startsWith('`key`'))
    const options = new Map(
      rows.slice(first).flatMap(([names = '', values = '', defaults = '']) => {
        const listed = [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
        const fallbacks = defaults.split(', ')
        return listed.map((name, place) => [name, { values, fallback: fallbacks[place] ?? defaults }] as const)
      })
    )
    for (const [name, property] of Object.entries(schema?.properties ?? {})) {
      const documented = options.get(name)
      if (!t.ok(documented, name) || documented === undefined) continue
      if (property.default !== undefined) t.equal(documented.fallback, `\`${String(property.default)}\``, name)
      if (documented.values === 'As above.') continue
      for (const value of property.enum ?? []) t.match(documented.values, `\`${value}\``, name)
      if (property.maximum === undefined || property.maximum > 1e8) continue
      t.match(documented.values, new RegExp(`\\b${property.minimum} to ${property.maximum}\\b`), name)
    }
  })
}

t.test('lists every error with its status, and whether it may be retried', async (t) => {
  const documented = readRows('## Errors').map(([status, code, retryable]) => [
    Number(status),
    code?.replaceAll('`', ''),
    retryable === 'yes'
  ])
  const catalogue = Object.entries(ERROR_CATALOGUE).map(([code, { status, retryable }]) => [status, code, retryable])
  t.strictSame(documented, catalogue)
})
