import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildHttpEvent } from '../test/support/lambda-events.ts'
import { startFunction } from '../test/support/lambda-runtime.ts'
import { ensureInput, INPUTS } from './inputs.ts'
import { describeMachine } from './machine.ts'
import { formatNumber, renderTable } from './markdown.ts'
import { buildPosterframe } from './posterframe.ts'
import { findMedian } from './statistics.ts'
import { startStore, THUMBNAILS, VIDEOS } from './store.ts'

// How a function starts: the built bundle under Lambda's own runtime interface client, from the start of its process to the first thumbnail.

const { values: options } = parseArgs({
  options: {
    input: { type: 'string', default: '2h-moov-first' },
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-bench') },
    repetitions: { type: 'string', default: '9' }
  }
})

const PAGE = join(import.meta.dirname, 'LAMBDA.md')
const DIST = join(import.meta.dirname, '../dist')
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
  const starts = []
  for (let round = 0; round < Number(options.repetitions); round++) starts.push(await measureStart(round))
  await writeFile(PAGE, render(starts, await measureBundle()))
} finally {
  store.close()
  await rm(directory, { recursive: true, force: true })
}

interface Start { readonly initMs: number, readonly firstMs: number, readonly secondMs: number, readonly foundMs: number }

async function measureStart (round: number): Promise<Start> {
  const started = await startFunction('lambda.api', {
    directory: DIST,
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
  const ask = async (atSeconds: number) => {
    const startMs = performance.now()
    const query = new URLSearchParams({ key: input!.file, timestamp: String(atSeconds), seek: 'keyframe', width: '640' }).toString()
    const { statusCode, body } = await started.invoke(buildHttpEvent({ method: 'GET', path: '/v1/thumbnails', query })) as { statusCode: number, body: string }
    if (statusCode !== 302) throw new Error(`it answered ${statusCode}: ${body}`)
    return performance.now() - startMs
  }
  try {
    const atSeconds = 100 + round * 60
    return { initMs: started.initMs, firstMs: await ask(atSeconds), secondMs: await ask(atSeconds + 30), foundMs: await ask(atSeconds) }
  } finally {
    await started.stop('SIGKILL')
  }
}

async function measureBundle (): Promise<ReadonlyArray<readonly [name: string, bytes: number]>> {
  const names = ['lambda.mjs', 'foreign-worker.mjs', 'libav-worker.mjs']
  return await Promise.all(names.map(async (name) => [name, (await stat(join(DIST, name))).size] as const))
}

function render (starts: readonly Start[], bundle: Awaited<ReturnType<typeof measureBundle>>): string {
  const median = (read: (start: Start) => number) => formatNumber(findMedian(starts.map(read)))
  const bundleBytes = bundle.reduce((sum, [, bytes]) => sum + bytes, 0)
  const initMs = findMedian(starts.map((start) => start.initMs))
  const judge = (value: number, bar: number) => value <= bar ? 'held' : 'MISSED'
  return [
    '# A cold start on Lambda',
    `Written by \`node bench/lambda.ts\`: what is built, under \`aws-lambda-ric\`, on ${input!.name} through the slow way to the store; medians of ${starts.length} starts. The file system is warm, and there is no network but loopback.`,
    renderTable(['what', 'bar', 'measured', ''], [
      ['code without ffmpeg and sharp, MB', formatNumber(BARS.bundleBytes / 1e6), formatNumber(bundleBytes / 1e6), judge(bundleBytes, BARS.bundleBytes)],
      ['init: from the start of the process to its first question for an event, ms', String(BARS.initMs), formatNumber(initMs), judge(initMs, BARS.initMs)]
    ]),
    renderTable(['after it', 'ms'], [
      ['the first thumbnail, of a video that is not known yet', median(({ firstMs }) => firstMs)],
      ['another moment of it', median(({ secondMs }) => secondMs)],
      ['one that is there already', median(({ foundMs }) => foundMs)]
    ]),
    renderTable(['file', 'bytes'], bundle.map(([name, bytes]) => [name, String(bytes)])),
    renderTable(['machine and versions', ''], machine.filter(([what]) => !/thumbnailer/.test(what)).map((row) => [...row]))
  ].join('\n\n') + '\n'
}
