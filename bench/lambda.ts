// node bench/lambda.ts: measures how Lambda functions start; writes LAMBDA.md. The built bundle runs under Lambda's own
// runtime interface client, from the start of its process to the first thumbnails. A function with the same packages
// and one route is the lower bound.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { buildHttpEvent } from '../test/support/lambda-events.ts'
import { startFunction } from '../test/support/lambda-runtime.ts'
import { ensureInput, findInput } from './inputs/inputs.ts'
import { startStore, THUMBNAILS, VIDEOS } from './store/store.ts'
import { describeMachine } from './support/machine.ts'
import { formatNumber, renderTable } from './support/markdown.ts'
import { buildPosterframe, ROOT } from './support/posterframe.ts'
import { findMedian } from './support/statistics.ts'

const { values: options } = parseArgs({
  options: {
    input: { type: 'string', default: '2h-moov-first' },
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-bench') },
    repetitions: { type: 'string', default: '9' },
    output: { type: 'string', default: join(ROOT, 'bench/LAMBDA.md') }
  }
})

const DIST = join(ROOT, 'dist')
const INITS = [
  ['initMs', 'init of `lambda.api`, ms'],
  ['eventsInitMs', 'init of `lambda.events`, ms'],
  ['bareInitMs', 'init of the packages alone with one route, ms']
] as const
const GOALS = { bundleBytes: 3e6, initMs: 350 }

const input = findInput(options.input)
const ffmpeg = process.env['FFMPEG_PATH'] ?? '/usr/bin/ffmpeg'
const machine = await describeMachine(ffmpeg)
const directory = await mkdtemp(join(tmpdir(), 'posterframe-lambda-'))
const store = await startStore(options.cache)
try {
  await store.upload(await ensureInput(input, options.cache, ffmpeg), input.file)
  await buildPosterframe()
  await buildBareFunction()
  const starts: Start[] = []
  for (let round = 0; round < Number(options.repetitions); round++) {
    starts.push({
      ...(await measureApi(round)),
      eventsInitMs: await measureInit('lambda.events', DIST),
      bareInitMs: await measureInit('bare-function.api', directory)
    })
  }
  await writeFile(options.output, render(starts, await measureBundle()))
} finally {
  store.close()
  await rm(directory, { recursive: true, force: true })
}

interface ApiStart {
  readonly initMs: number
  readonly firstMs: number
  readonly secondMs: number
  readonly foundMs: number
}
interface Start extends ApiStart {
  readonly eventsInitMs: number
  readonly bareInitMs: number
}

async function start (entry: string, from: string) {
  return await startFunction(entry, {
    directory: from,
    env: {
      ...store.env,
      PATH: process.env['PATH'],
      TMPDIR: directory,
      FFMPEG_PATH: ffmpeg,
      POSTERFRAME_AUTH: 'none',
      POSTERFRAME_LOG_LEVEL: 'warn',
      POSTERFRAME_OUTPUT_BUCKET: THUMBNAILS,
      POSTERFRAME_SOURCE_BUCKETS: VIDEOS
    }
  })
}

async function measureInit (entry: string, from: string): Promise<number> {
  const { initMs, stop } = await start(entry, from)
  await stop('SIGKILL')
  return initMs
}

async function measureApi (round: number): Promise<ApiStart> {
  const started = await start('lambda.api', DIST)
  const measureRequest = async (atSeconds: number) => {
    const startMs = performance.now()
    const query = new URLSearchParams({
      key: input.file,
      timestamp: String(atSeconds),
      seek: 'keyframe',
      width: '640'
    }).toString()
    const { statusCode, body } = (await started.invoke(
      buildHttpEvent({ method: 'GET', path: '/v1/thumbnails', query })
    )) as { statusCode: number, body: string }
    if (statusCode !== 302) throw new Error(`The function responded with ${statusCode}: ${body}`)
    return performance.now() - startMs
  }
  try {
    const atSeconds = 100 + round * 60
    return {
      initMs: started.initMs,
      firstMs: await measureRequest(atSeconds),
      secondMs: await measureRequest(atSeconds + 30),
      foundMs: await measureRequest(atSeconds)
    }
  } finally {
    await started.stop('SIGKILL')
  }
}

async function buildBareFunction (): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'lambda/bare-function.ts')],
    outfile: join(directory, 'bare-function.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
    logLevel: 'warning'
  })
}

async function measureBundle (): Promise<number> {
  const names = (await readdir(DIST)).filter((name) => /^(?:lambda.*|.*-worker)\.mjs$/.test(name))
  const files = await Promise.all(names.map((name) => stat(join(DIST, name))))
  return files.reduce((sum, { size }) => sum + size, 0)
}

function render (starts: readonly Start[], bundleBytes: number): string {
  const median = (read: (start: Start) => number) => findMedian(starts.map(read))
  const judge = (value: number, goal: number) => (value <= goal ? 'met' : 'MISSED')
  const bundleMegabytes = bundleBytes / 1e6
  return (
    [
      '# Cold starts on Lambda',
      `Written by \`node bench/lambda.ts\`: the built bundle under \`aws-lambda-ric\`, on ${input.name}, with the store behind the proxy of [RESULTS.md](RESULTS.md); medians of ${starts.length} starts. Init lasts from the start of the process to its first request for an event. The packages alone are Fastify, its adapter and its multipart parser, and the S3 client. The file system cache is warm, and the only network is loopback.`,
      renderTable(
        ['measure', 'goal', 'measured', ''],
        [
          [
            'code without ffmpeg and sharp, MB',
            formatNumber(GOALS.bundleBytes / 1e6),
            formatNumber(bundleMegabytes),
            judge(bundleBytes, GOALS.bundleBytes)
          ],
          ...INITS.map(([name, measure]) => {
            const ms = median((start) => start[name])
            return [measure, String(GOALS.initMs), formatNumber(ms), judge(ms, GOALS.initMs)]
          })
        ]
      ),
      renderTable(
        ['request after the init', 'ms'],
        [
          ['first thumbnail of a video', formatNumber(median(({ firstMs }) => firstMs))],
          ['another timestamp of it', formatNumber(median(({ secondMs }) => secondMs))],
          ['a stored thumbnail', formatNumber(median(({ foundMs }) => foundMs))]
        ]
      ),
      renderTable(
        ['machine and versions', ''],
        machine.filter(([name]) => !/thumbnailer/.test(name)).map((row) => [...row])
      )
    ].join('\n\n') + '\n'
  )
}
