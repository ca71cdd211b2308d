import { formatNumber, renderTable } from '../../support/markdown.ts'
import { PRICES } from '../../support/prices.ts'
import { ENGINE_PRICES } from './engine-prices.ts'
import {
  DEFAULT_LAMBDA_CONCURRENCY,
  type Engine,
  estimateBackfill,
  findCeilings,
  type MeasuredSource,
  QUEUE_SCALING,
  S3_LIMITS
} from './model.ts'
import { burstArrivals, dayArrivals, type QueueSettings, simulateQueue, summarizeQueue } from './queue.ts'

/** From RESULTS.md (a key frame of a minute of 1080p, cold) and BACKFILL.md, by decoder. */
const MEASURED: Readonly<Record<'ffmpeg' | 'libav', MeasuredSource>> = {
  ffmpeg: {
    seconds: 0.3,
    sourceReads: 2,
    outputReads: 2,
    outputWrites: 1,
    perSecondOnTwoCpus: 12.5,
    perSecondOfOneProcess: 40
  },
  libav: {
    seconds: 0.19,
    sourceReads: 2,
    outputReads: 2,
    outputWrites: 1,
    perSecondOnTwoCpus: 25,
    perSecondOfOneProcess: 40
  }
}

const ENGINES: ReadonlyArray<readonly [name: string, engine: Engine]> = [
  [
    'S3 Batch Operations, 1,000 concurrent',
    { kind: 'batch-operations', lambdaConcurrency: DEFAULT_LAMBDA_CONCURRENCY }
  ],
  ['the same, 200 reserved', { kind: 'batch-operations', lambdaConcurrency: 200 }],
  [
    'Distributed Map, Express children, 1,000 concurrent',
    { kind: 'distributed-map', lambdaConcurrency: 1000, children: 'express' }
  ],
  ['the same, Standard children', { kind: 'distributed-map', lambdaConcurrency: 1000, children: 'standard' }],
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

/** Renders the tables of docs/scale.md. */
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
    `### Requests\n\nThumbnails per second before S3 responds with SlowDown, at ${S3_LIMITS.readsPerSecond.toLocaleString('en')} reads and ${S3_LIMITS.writesPerSecond.toLocaleString('en')} writes per second and prefix.\n\n` +
    renderTable(
      [
        'source prefixes',
        'output prefixes',
        'by GETs of sources',
        'by HEADs of thumbnails',
        'by PUTs of thumbnails',
        'Lambda concurrency at this rate'
      ],
      rows
    )
  )
}

function renderEngines (objects: number): string {
  const ceilings = findCeilings(MEASURED.libav, { sourcePrefixes: 1, outputPrefixes: 1 })
  const rows = ENGINES.map(([name, engine]) => {
    const { perSecond, bound, hours, dollars } = estimateBackfill(engine, objects, MEASURED.libav, ceilings)
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
  processors: 'processors',
  sourceReads: 'GETs of sources',
  outputReads: 'HEADs of thumbnails',
  outputWrites: 'PUTs of thumbnails'
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
  const patterns: ReadonlyArray<readonly [name: string, arrivalsAt: QueueSettings['arrivalsAt'], seconds: number]> = [
    ['three million per day, most of them around noon', dayArrivals(3e6), DAY_SECONDS],
    [
      '5 per second, and 100,000 within 10 minutes',
      burstArrivals({ perSecond: 5, burstPerSecond: 100_000 / 600, fromSeconds: 600, forSeconds: 600 }),
      DAY_SECONDS / 2
    ],
    [
      'a migration: a million within an hour',
      burstArrivals({ perSecond: 0, burstPerSecond: 1e6 / 3600, fromSeconds: 0, forSeconds: 3600 }),
      DAY_SECONDS
    ]
  ]
  // A container has a worker per processor, so it counts as two.
  const consumers: ReadonlyArray<
    readonly [name: string, consumer: Pick<QueueSettings, 'workers' | 'serviceSeconds' | 'ceilingPerSecond'>]
  > = [
    ['Lambda', lambda],
    ['Lambda, 20 reserved', { ...lambda, workers: { ...QUEUE_SCALING, most: 20 } }],
    ['4 containers', containers(8)],
    ['20 containers', containers(40)]
  ]
  const rows = patterns.flatMap(([pattern, arrivalsAt, seconds]) =>
    consumers.map(([consumer, settings]) => {
      const { maxDepth, maxOldestSeconds, maxWorkers, drainedAtSeconds } = summarizeQueue(
        simulateQueue({ ...settings, arrivalsAt, seconds })
      )
      return [
        pattern,
        consumer,
        Math.round(maxDepth).toLocaleString('en'),
        Math.round(maxOldestSeconds).toLocaleString('en'),
        Math.ceil(maxWorkers).toLocaleString('en'),
        drainedAtSeconds === undefined ? 'never' : (drainedAtSeconds / 3600).toFixed(1)
      ]
    })
  )
  return `### Queues\n\nA simulation, second by second.\n\n${renderTable(['messages', 'consumer', 'greatest depth', 'longest wait, s', 'most workers', 'empty after, h'], rows)}`
}

function renderPrices (): string {
  return `### Prices\n\nList prices in us-east-1 without free tiers, as of 2025.\n\n${renderTable(
    ['price', 'dollars', 'per', 'source'],
    Object.values({ ...PRICES, ...ENGINE_PRICES }).map(({ name, dollars, unit, source }) => [
      name,
      String(Number(dollars.toPrecision(6))),
      unit,
      source
    ])
  )}`
}
