import t from 'tap'
import { parse } from 'yaml'
import type { JsonObject } from '../../../src/http/openapi/json.ts'
import { printYaml } from '../../../src/http/openapi/print-yaml.ts'

const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`)

t.test('prints what fits on one line, and wraps the rest', async (t) => {
  const [first, second, third] = [50, 51, 12].map((length, index) => `${'abc'[index]}`.repeat(length))
  const long = `${first} ${second} ${third}`
  const printed = printYaml({
    short: { a: 1, b: [true, null], c: 'one, two' },
    text: `${long} ${long}`,
    list: [first, second, third, first],
    objects: [{ name: 'a', text: `${long} ${third}` }, { name: 'b' }],
    members: { a: first, b: second, c: [third], d: 1 },
    nested: { 200: { text: `${long} ${third}` } }
  } as JsonObject)
  t.equal(
    printed,
    `short: { a: 1, b: [ true, null ], c: "one, two" }
text: >-
  ${first} ${second} ${third}
  ${first} ${second} ${third}
list:
  [ ${first}, ${second},
    ${third}, ${first} ]
objects:
  - name: a
    text: >-
      ${first} ${second}
      ${third} ${third}
  - { name: b }
members:
  { a: ${first}, b: ${second},
    c: [ ${third} ], d: 1 }
nested:
  "200":
    text: >-
      ${first} ${second}
      ${third} ${third}
`
  )
})

t.test('a parser reads back what was printed', async (t) => {
  const long = words(40).join(' ')
  const documents: JsonObject[] = [
    { a: {}, b: [], c: '', d: null, e: 'null', f: '12.5', g: 12.5, h: 'yes', i: '- x', j: 'a: b', k: '#c', l: '`d`' },
    { text: `${long}: # not a comment`, colon: `${long}:`, dash: `- ${long}`, hash: `# ${long}`, quote: `"${long}` },
    { double: `${long}  ${long}`, edges: ` ${long} `, lines: `${long}\n${long}`, tab: `\t${long}` },
    { lists: [words(40), [words(40)], [[{ long }]]], numbers: Array.from({ length: 80 }, (_, index) => index) },
    { mixed: [long, { long, more: { long } }, ['x', { long }]], [long]: { 'a b': { '*/*': long } } },
    { punctuation: [`a, ${long}`, '[', '{ x }', 'it\'s', '"'], backtick: `\`${long}\``, at: `@${long}` }
  ]
  for (const document of documents) {
    const printed = printYaml(document)
    t.strictSame(parse(printed), document, printed)
  }
})

t.test('no line is longer than 120 columns, unless it cannot be broken', async (t) => {
  const text = words(100).join(' ')
  const printed = printYaml({ paths: { '/a': { text, list: words(100), deep: [{ x: words(50) }] } } })
  t.ok(printed.split('\n').every((line) => line.length <= 120))
})
