import { stringify } from 'yaml'
import { isObject, type Json, type JsonObject } from './json.ts'

const MAX_COLUMNS = 120
const INDENT = 2

/**
 * Prints an object as YAML whose lines have at most 120 columns: a value that fits is on the line of its name, and a
 * longer text, list of scalars or object of scalars is wrapped.
 */
export function printYaml (document: JsonObject): string {
  return `${printMembers(document, 0).join('\n')}\n`
}

/** Returns the lines of an object in block style. */
function printMembers (object: JsonObject, indent: number): string[] {
  return Object.entries(object).flatMap(([name, value]) =>
    printValue(`${' '.repeat(indent)}${printInline(name)}:`, value, indent + INDENT)
  )
}

/** Returns the lines of a value that follows `label`; `indent` is that of its further lines. */
function printValue (label: string, value: Json, indent: number): string[] {
  const line = `${label} ${printInline(value)}`
  if (line.length <= MAX_COLUMNS) return [line]
  const margin = ' '.repeat(indent)
  if (isObject(value)) return [label, ...(wrapMembers(value, margin) ?? printMembers(value, indent))]
  if (typeof value === 'string' && isWrappable(value)) return [`${label} >-`, ...wrap(value.split(' '), margin, margin)]
  if (!Array.isArray(value)) return [line]
  if (value.some(isObject)) return [label, ...value.flatMap((item) => printItem(item, indent))]
  const items = value.map((item, index) => `${printInline(item)}${index < value.length - 1 ? ',' : ' ]'}`)
  return [label, ...wrap(items, `${margin}[ `, `${margin}  `)]
}

/** Returns an object without objects in it on two lines; undefined if it takes more, or is no shorter. */
function wrapMembers (object: JsonObject, margin: string): string[] | undefined {
  const members = Object.entries(object)
  if (members.some(([, value]) => isObject(value) || (Array.isArray(value) && value.some(isObject)))) return undefined
  const words = members.map(
    ([name, value], index) => `${printInline(name)}: ${printInline(value)}${index < members.length - 1 ? ',' : ' }'}`
  )
  const lines = wrap(words, `${margin}{ `, `${margin}  `)
  const fits = lines.length === 2 && members.length > 2 && lines.every(({ length }) => length <= MAX_COLUMNS)
  return fits ? lines : undefined
}

/** Returns the lines of an item of a list. Those of an object start on the line of the dash. */
function printItem (item: Json, indent: number): string[] {
  const dash = `${' '.repeat(indent)}-`
  const lines = printValue(dash, item, indent + INDENT)
  if (!isObject(item) || lines.length === 1) return lines
  const [, first = '', ...others] = lines
  return [`${dash} ${first.trimStart()}`, ...others]
}

/** Returns a value on one line, with the quotes that it needs. */
function printInline (value: Json): string {
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
  // A line break inside a text; JSON escapes it, and is YAML too.
  return text.includes('\n') ? JSON.stringify(value) : text
}

/** Returns whether a text can be broken at its spaces without change. */
function isWrappable (text: string): boolean {
  return !/[^\S ]|^ | $| {2}/.test(text)
}

/** Fills lines with words. */
function wrap (words: readonly string[], firstMargin: string, margin: string): string[] {
  const lines: string[] = []
  for (const word of words) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= MAX_COLUMNS) lines.splice(-1, 1, `${line} ${word}`)
    else lines.push(`${line === undefined ? firstMargin : margin}${word}`)
  }
  return lines
}
