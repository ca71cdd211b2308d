// node bench/experiments/scale/main.ts: computes what ten million objects cost from what was measured on one; writes
// the tables of docs/scale.md.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../../support/posterframe.ts'
import { renderTables } from './tables.ts'

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '10000000' },
    page: { type: 'string', default: join(ROOT, 'docs/scale.md') }
  }
<<<<<<< HEAD
}

const ENGINES: ReadonlyArray<readonly [name: string, engine: Engine]> = [
  [
    'S3 Batch Operations, 1,000 concurrent',
    { kind: 'batch-operations', lambdaConcurrency: DEFAULT_LAMBDA_CONCURRENCY }
  ],
  ['S3 Batch Operations, 200 reserved', { kind: 'batch-operations', lambdaConcurrency: 200 }],
  [
    'Distributed Map, Express children, 1,000 concurrent',
    { kind: 'distributed-map', lambdaConcurrency: 1000, children: 'express' }
  ],
  [
    'Distributed Map, Standard children, 1,000 concurrent',
    { kind: 'distributed-map', lambdaConcurrency: 1000, children: 'standard' }
  ],
  [
    'SQS and 50 containers of 2 virtual CPUs, 4 GB',
    { kind: 'containers', tasks: 50, cpusPerTask: 2, gigabytesPerTask: 4 }
  ],
  [
    '`posterframe backfill`, one machine of 32 virtual CPUs, 10 processes',
    { kind: 'one-machine', cpus: 32, processes: 10 }
  ],
  ['`posterframe backfill`, one machine of 8 virtual CPUs, 3 processes', { kind: 'one-machine', cpus: 8, processes: 3 }]
]

const DAY_SECONDS = 86_400

/** The tables, for the page. */
export function renderTables (objects: number): string {
  return [renderCeilings(), renderEngines(objects), renderQueues(), renderPrices()].join('\n\n')
}

function renderCeilings (): string {
  const rows = [
    [1, 1],
    [1, 4],
    [4, 4],
    [16, 16]
  ].map(([sourcePrefixes = 1, outputPrefixes = 1]) => {
    const { sourceReads, outputReads, outputWrites } = findCeilings(MEASURED.libav, { sourcePrefixes, outputPrefixes })
    return [
      sourcePrefixes,
      outputPrefixes,
      sourceReads,
      outputReads,
      outputWrites,
      Math.min(sourceReads, outputReads, outputWrites) * MEASURED.libav.seconds
    ].map((value) => Math.round(value).toLocaleString('en'))
  })
  return (
    `### Requests\n\nThumbnails per second before S3 throttles, at ${S3_LIMITS.readsPerSecond.toLocaleString('en')} reads and ${S3_LIMITS.writesPerSecond.toLocaleString('en')} writes per second and prefix.\n\n` +
    renderTable(
      [
        'source prefixes',
        'output prefixes',
        'limit by source GETs',
        'limit by thumbnail HEADs',
        'limit by thumbnail PUTs',
        'Lambda concurrency to reach the lowest limit'
      ],
      rows
    )
  )
}

function renderEngines (objects: number): string {
  const ceilings = findCeilings(MEASURED.libav, { sourcePrefixes: 1, outputPrefixes: 1 })
  const rows = ENGINES.map(([name, engine]) => {
    const { perSecond, bound, hours, dollars } = planEngine(engine, objects, MEASURED.libav, ceilings)
    return [
      name,
      Math.round(perSecond).toLocaleString('en'),
      BOUNDS[bound],
      formatNumber(hours),
      ...[dollars.requests, dollars.compute, dollars.engine, dollars.total].map((value) => value.toFixed(2))
    ]
  })
  return (
    `### Engines\n\n${objects.toLocaleString('en')} objects below one prefix, one thumbnail each, libav, everything in one region.\n\n` +
    renderTable(
      ['engine', 'per second', 'limited by', 'hours', 'S3 requests, $', 'compute, $', 'engine, $', '**total, $**'],
      rows
    )
  )
}

const BOUNDS = {
  muscle: 'processors',
  sourceReads: 'source GETs',
  outputReads: 'thumbnail HEADs',
  outputWrites: 'thumbnail PUTs'
} as const

function renderQueues (): string {
  const lambda = {
    workers: QUEUE_SCALING,
    serviceSeconds: MEASURED.libav.seconds,
    ceilingPerSecond: Math.min(
      ...Object.values<number>({ ...findCeilings(MEASURED.libav, { sourcePrefixes: 1, outputPrefixes: 1 }) })
    )
  }
  const containers = (tasks: number) => ({
    workers: { atFirst: tasks, perMinute: 0, most: tasks },
    serviceSeconds: 2 / MEASURED.libav.perSecondOnTwoCpus,
    ceilingPerSecond: lambda.ceilingPerSecond
  })
  const patterns: ReadonlyArray<readonly [name: string, arrivalsAt: QueueSetting['arrivalsAt'], seconds: number]> = [
    ['3 million a day, most of them around noon', planDay(3e6), DAY_SECONDS],
    [
      '5 per second, and a burst of 100,000 within 10 minutes',
      planBurst({ perSecond: 5, burstPerSecond: 100_000 / 600, fromSeconds: 600, forSeconds: 600 }),
      DAY_SECONDS / 2
    ],
    [
      'a migration: 1 million within an hour',
      planBurst({ perSecond: 0, burstPerSecond: 1e6 / 3600, fromSeconds: 0, forSeconds: 3600 }),
      DAY_SECONDS
    ]
  ]
  // A container has a worker for each processor here, so it counts as two.
  const muscles: ReadonlyArray<
    readonly [name: string, muscle: Pick<QueueSetting, 'workers' | 'serviceSeconds' | 'ceilingPerSecond'>]
  > = [
    ['Lambda', lambda],
    ['Lambda, 20 reserved', { ...lambda, workers: { ...QUEUE_SCALING, most: 20 } }],
    ['4 containers', containers(8)],
    ['20 containers', containers(40)]
  ]
  const rows = patterns.flatMap(([pattern, arrivalsAt, seconds]) =>
    muscles.map(([muscle, setting]) => {
      const { maxDepth, maxOldestSeconds, maxWorkers, drainedAtSeconds } = summarizeQueue(
        simulateQueue({ ...setting, arrivalsAt, seconds })
      )
      return [
        pattern,
        muscle,
        Math.round(maxDepth).toLocaleString('en'),
        Math.round(maxOldestSeconds).toLocaleString('en'),
        Math.ceil(maxWorkers).toLocaleString('en'),
        drainedAtSeconds === undefined ? 'never' : (drainedAtSeconds / 3600).toFixed(1)
      ]
    })
  )
  return `### Queues\n\nDepth of the queue, simulated in steps of one second.\n\n${renderTable(['arrivals', 'consumers', 'maximum depth', 'longest wait, s', 'maximum concurrency', 'drained after, h'], rows)}`
}

function renderPrices (): string {
  return `### Prices\n\nList prices in us-east-1, without free tiers, as of 2025.\n\n${renderTable(
    ['price', 'dollars', 'per', 'source'],
    Object.values({ ...PRICES, ...ENGINE_PRICES }).map(({ name, dollars, unit, source }) => [
      name,
      String(Number(dollars.toPrecision(6))),
      unit,
      source
    ])
  )}`
}

/** Where the written part of the page ends and the tables begin. */
export const TABLES_HEADING = '## Tables\n'

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: options } = parseArgs({
    options: {
      objects: { type: 'string', default: '10000000' },
      page: { type: 'string', default: join(import.meta.dirname, '../../../docs/scale.md') }
    }
  })
  const page = await readFile(options.page, 'utf8')
  await writeFile(
    options.page,
    `${page.split(TABLES_HEADING)[0]}${TABLES_HEADING}\n${renderTables(Number(options.objects))}\n`
  )
}
=======
})
// The tables replace everything after this heading.
const HEADING = '## Tables\n'
const [text = ''] = (await readFile(options.page, 'utf8')).split(HEADING)
await writeFile(options.page, `${text}${HEADING}\n${renderTables(Number(options.objects))}\n`)
>>>>>>> bench
