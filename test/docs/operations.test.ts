// Holds the dashboard, the alerts and the page about operations against what /metrics really answers.
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parse } from 'yaml'
import { createPrometheus } from '../../src/telemetry/prometheus.ts'

const read = (path: string) => readFile(new URL(`../../docs/${path}`, import.meta.url), 'utf8')

interface Panel {
  readonly id: number
  readonly title: string
  readonly gridPos: { x: number, y: number, w: number, h: number }
  readonly targets: ReadonlyArray<{ readonly expr: string }>
}
interface Dashboard {
  readonly title: string
  readonly uid: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: ReadonlyArray<{ name: string, query: string | { query: string } }> }
}
interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string }
}

const metrics = createPrometheus()
const { text } = await metrics.print()
const types = new Map([...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]))
const answered = new Set(
  [...types].flatMap(([name, type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
  )
)

/** The names of metrics in an expression: what is neither a function, a keyword, a label nor within quotes. */
const listMetrics = (expression: string) =>
  [...expression.replace(/"[^"]*"/g, '""').matchAll(/\b(?:posterframe|process|nodejs)_\w+/g)].map(([name]) => name)

/** Our own metrics, by name. */
const ours = [...text.matchAll(/^# HELP (posterframe_\S+)/gm)].map(([, name = '']) => name)

const dashboard = JSON.parse(await read('grafana/posterframe.json')) as Dashboard
const { groups } = parse(await read('grafana/alerts.yaml')) as { groups: ReadonlyArray<{ rules: readonly Rule[] }> }
const rules = groups.flatMap((group) => group.rules)
const page = await read('operations.md')

t.test('the dashboard asks for metrics that are there, and shows each of ours', async (t) => {
  const expressions = [
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...dashboard.templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query))
  ]
  const asked = new Set(expressions.flatMap(listMetrics))
  t.same(
    [...asked].filter((name) => !answered.has(name)),
    []
  )
  t.same(
    ours.filter((name) => ![...asked].some((one) => one.startsWith(name))),
    [],
    'each is on it'
  )
})

t.test('the dashboard is one: ids of its own, panels that do not lie on each other', async (t) => {
  const { panels } = dashboard
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`)
  )
  t.equal(new Set(cells).size, cells.length)
  t.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24))
})

t.test('the alerts ask for metrics that are there, and the page says what to do about each', async (t) => {
  t.ok(rules.length > 5)
  for (const { alert, expr, labels, annotations } of rules) {
    const names = listMetrics(expr)
    t.same(
      names.filter((name) => !answered.has(name)),
      [],
      alert
    )
    t.ok(names.length > 0 || expr.startsWith('up{'), alert)
    t.match(labels.severity, /^(info|warning|critical)$/)
    t.match(annotations.summary, /\{\{ \$labels\.instance \}\}/)
    t.match(page, `| \`${alert}\` |`)
  }
  const told = [...page.matchAll(/^\| `(Posterframe\w+)` \|/gm)].map(([, name]) => name)
  t.same(
    told,
    rules.map(({ alert }) => alert),
    'and of no other'
  )
})

t.test('the codes that alerts ask for are codes', async (t) => {
  const { ERROR_CATALOGUE } = await import('../../src/errors.ts')
  const codes = rules.flatMap(({ expr }) => [...expr.matchAll(/code="(\w+)"/g)].map(([, code]) => code))
  t.ok(codes.length > 0)
  t.same(
    codes.filter((code) => !(code! in ERROR_CATALOGUE)),
    []
  )
})

t.test('the page lists each metric', async (t) => {
  const rows = [...page.matchAll(/^\| ((?:`posterframe_\w+`(?:, )?)+) \|([^|]*)\|/gm)]
  const told = rows.flatMap(([, names = '']) => [...names.matchAll(/\w+/g)].map(([name]) => name))
  t.same(told.toSorted(), ours.toSorted())
})

t.test('the check sees a name that is not there', async (t) => {
  t.same(listMetrics('rate(posterframe_nonsense_total{code="posterframe_x"}[5m]) / process_open_fds'), [
    'posterframe_nonsense_total',
    'process_open_fds'
  ])
  t.notOk(answered.has('posterframe_nonsense_total'))
  t.notOk(answered.has('posterframe_step_duration_seconds'), 'a histogram is asked for by its parts')
})
