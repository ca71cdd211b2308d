// Compares the dashboard, the alerts and docs/operations.md with the output of /metrics.
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
const queryable = new Set(
  [...types].flatMap(([name, type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
  )
)

/** Names of metrics in an expression, without functions, keywords, labels and quoted text. */
const listMetrics = (expression: string) =>
  [...expression.replace(/"[^"]*"/g, '""').matchAll(/\b(?:posterframe|process|nodejs)_\w+/g)].map(([name]) => name)

/** Names of Posterframe's own metrics. */
const ours = [...text.matchAll(/^# HELP (posterframe_\S+)/gm)].map(([, name = '']) => name)

const dashboard = JSON.parse(await read('grafana/posterframe.json')) as Dashboard
const { groups } = parse(await read('grafana/alerts.yaml')) as { groups: ReadonlyArray<{ rules: readonly Rule[] }> }
const rules = groups.flatMap((group) => group.rules)
const page = await read('operations.md')

t.test('the dashboard queries existing metrics and shows every metric of Posterframe', async (t) => {
  const expressions = [
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...dashboard.templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query))
  ]
  const queried = new Set(expressions.flatMap(listMetrics))
  t.same(
    [...queried].filter((name) => !queryable.has(name)),
    []
  )
  t.same(
    ours.filter((name) => ![...queried].some((one) => one.startsWith(name))),
    [],
    'every metric has a panel'
  )
})

t.test('dashboard panels have unique ids and do not overlap', async (t) => {
  const { panels } = dashboard
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`)
  )
  t.equal(new Set(cells).size, cells.length)
  t.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24))
})

t.test('alerts query existing metrics, and the page has a response to each', async (t) => {
  t.ok(rules.length > 5)
  for (const { alert, expr, labels, annotations } of rules) {
    const names = listMetrics(expr)
    t.same(
      names.filter((name) => !queryable.has(name)),
      [],
      alert
    )
    t.ok(names.length > 0 || expr.startsWith('up{'), alert)
    t.match(labels.severity, /^(info|warning|critical)$/)
    t.match(annotations.summary, /\{\{ \$labels\.instance \}\}/)
    t.match(page, `| \`${alert}\` |`)
  }
  const listed = [...page.matchAll(/^\| `(Posterframe\w+)` \|/gm)].map(([, name]) => name)
  t.same(
    listed,
    rules.map(({ alert }) => alert),
    'the page has no other alert'
  )
})

/** The labels of each of our metrics, from one sample of each. */
async function readLabels (): Promise<Map<string, string[]>> {
  const sampled = createPrometheus()
  sampled.countRequest({ route: '/', method: 'GET', status: 200, seconds: 1, errorCode: undefined })
  sampled.timeStep('decode', 1)
  sampled.countStoreRequest('get', 'ok')
  sampled.countDecoderRun('decode', '0')
  sampled.countWorkerEnd('closed')
  sampled.watchSlots('decode', { running: 0, waiting: 0 }, 1)
  const { text } = await sampled.print()
  return new Map(
    [...text.matchAll(/^(posterframe_\w+?)(?:_bucket|_sum|_count)?\{(.*)\} /gm)].map(([, name = '', labels = '']) => [
      name,
      [...labels.matchAll(/(\w+)=/g)].map(([, label = '']) => label).filter((label) => label !== 'le')
    ])
  )
}

t.test('the page, the dashboard and the alerts use labels that the metrics have', async (t) => {
  const labels = await readLabels()
  const listed = [...page.matchAll(/^\| `(posterframe_\w+)`.*? \|([^|]*)\|/gm)].map(([, name = '', cell = '']) => [
    name,
    [...cell.matchAll(/\w+/g)].map(([label]) => label).toSorted()
  ])
  t.same(
    listed,
    listed.map(([name]) => [name, (labels.get(String(name)) ?? []).toSorted()])
  )
  const known = new Set([...[...labels.values()].flat(), 'instance', 'job', 'le'])
  const expressions = [
    ...rules.map(({ expr }) => expr),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  ]
  const used = expressions.flatMap((expr) => [
    ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
    ...[...expr.matchAll(/[{,](\w+)(?:=~|!=|=)"/g)].map(([, label = '']) => label)
  ])
  t.ok(used.includes('mode'))
  t.same(
    used.filter((label) => !known.has(label)),
    []
  )
})

t.test('alerts match existing error codes', async (t) => {
  const { ERROR_CATALOGUE } = await import('../../src/errors.ts')
  const codes = rules.flatMap(({ expr }) => [...expr.matchAll(/code="(\w+)"/g)].map(([, code]) => code))
  t.ok(codes.length > 0)
  t.same(
    codes.filter((code) => !(code! in ERROR_CATALOGUE)),
    []
  )
})

t.test('the page lists every metric', async (t) => {
  const rows = [...page.matchAll(/^\| ((?:`posterframe_\w+`(?:, )?)+) \|([^|]*)\|/gm)]
  const listed = rows.flatMap(([, names = '']) => [...names.matchAll(/\w+/g)].map(([name]) => name))
  t.same(listed.toSorted(), ours.toSorted())
})

t.test('the check detects unknown metrics', async (t) => {
  t.same(listMetrics('rate(posterframe_nonsense_total{code="posterframe_x"}[5m]) / process_open_fds'), [
    'posterframe_nonsense_total',
    'process_open_fds'
  ])
  t.notOk(queryable.has('posterframe_nonsense_total'))
  t.notOk(queryable.has('posterframe_step_duration_seconds'), 'a histogram is queried by its parts')
})
