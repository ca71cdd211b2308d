import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { buildHttpEvent } from '../test/support/lambda-events.ts'
import { startFunction } from '../test/support/lambda-runtime.ts'
import { ensureInput, INPUTS } from './inputs/inputs.ts'
import { describeMachine } from './support/machine.ts'
import { formatNumber, renderTable } from './support/markdown.ts'
import { buildPosterframe } from './support/posterframe.ts'
import { findMedian } from './support/statistics.ts'
import { startStore, THUMBNAILS, VIDEOS } from './store/store.ts'

// How functions start: the built bundle under Lambda's own runtime interface client, from the start of its process to
// the first thumbnail, and in the same run a function of the same packages that does nothing.

const { values: options } = parseArgs({
  options: {
    input: { type: 'string', default: '2h-moov-first' },
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-bench') },
    repetitions: { type: 'string', default: '9' }
  }
})

const PAGE = join(import.meta.dirname, 'LAMBDA.md')
const DIST = join(import.meta.dirname, '../dist')
const INITS = [
  ['initMs', 'init of `lambda.api`, ms'],
  ['eventsInitMs', 'init of `lambda.events`, ms'],
  ['bareInitMs', 'init of the packages alone, one route, ms']
] as const
const BARS = { bundleBytes: 3e6, initMs: 350 }

const input = INPUTS.find(({ name }) => name === options.input)
if (input === undefined) throw new Error(`there is no input ${options.input}`)
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
  await writeFile(PAGE, render(starts, await measureBundle()))
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
  const ask = async (atSeconds: number) => {
    const startMs = performance.now()
    const query = new URLSearchParams({
      key: input!.file,
      timestamp: String(atSeconds),
      seek: 'keyframe',
      width: '640'
    }).toString()
    const { statusCode, body } = (await started.invoke(
      buildHttpEvent({ method: 'GET', path: '/v1/thumbnails', query })
    )) as { statusCode: number, body: string }
    if (statusCode !== 302) throw new Error(`it answered ${statusCode}: ${body}`)
    return performance.now() - startMs
  }
  try {
    const atSeconds = 100 + round * 60
    return {
      initMs: started.initMs,
      firstMs: await ask(atSeconds),
      secondMs: await ask(atSeconds + 30),
      foundMs: await ask(atSeconds)
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
  const median = (read: (start: Start) => number) => formatNumber(findMedian(starts.map(read)))
  const judge = (value: number, bar: number) => (value <= bar ? 'held' : 'MISSED')
  return (
    [
      '# A cold start on Lambda',
      `Written by \`node bench/lambda.ts\`: what is built, under \`aws-lambda-ric\`, on ${input!.name} through the slow way to the store; medians of ${starts.length} starts. Init lasts from the start of the process to its first question for an event. The packages alone are Fastify, its adapter and its multipart parser, and the S3 client. The file system is warm, and there is no network but loopback.`,
      renderTable(
        ['what', 'bar', 'measured', ''],
        [
          [
            'code without ffmpeg and sharp, MB',
            formatNumber(BARS.bundleBytes / 1e6),
            formatNumber(bundleBytes / 1e6),
            judge(bundleBytes, BARS.bundleBytes)
          ],
          ...INITS.map(([name, what]) => {
            const ms = findMedian(starts.map((start) => start[name]))
            return [what, String(BARS.initMs), formatNumber(ms), judge(ms, BARS.initMs)]
          })
        ]
      ),
      renderTable(
        ['after it', 'ms'],
        [
          ['the first thumbnail, of a video that is not known yet', median(({ firstMs }) => firstMs)],
          ['another moment of it', median(({ secondMs }) => secondMs)],
          ['one that is there already', median(({ foundMs }) => foundMs)]
        ]
      ),
      renderTable(
        ['machine and versions', ''],
        machine.filter(([what]) => !/thumbnailer/.test(what)).map((row) => [...row])
      )
    ].join('\n\n') + '\n'
  )
}
