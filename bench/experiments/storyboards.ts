import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { INPUTS, ensureInput } from '../inputs/inputs.ts'
import { summarizeTraffic } from '../store/exchange.ts'
import { runMeasured } from '../support/process-cost.ts'
import { buildPosterframe, startPosterframe } from '../support/posterframe.ts'
import { findMedian } from '../support/statistics.ts'
import { startStore, VIDEOS } from '../store/store.ts'

// A storyboard of a hundred tiles by the service and by the usual recipe, which reads the same object through the
// same slow way to the store.

const { values: options } = parseArgs({
  options: {
    input: { type: 'string', default: '2h-moov-first' },
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-bench') },
    repetitions: { type: 'string', default: '3' },
    patience: { type: 'string', default: '300' }
  }
})

const TILES = 100

interface Answer {
  readonly tiles: readonly unknown[]
  readonly sheets: readonly unknown[]
  readonly work: { readonly bytesRead: number, readonly requests: number, readonly packetsDecoded: number }
}

const input = INPUTS.find(({ name }) => name === options.input)
if (input === undefined) throw new Error(`there is no input ${options.input}`)
const ffmpeg = process.env['FFMPEG_PATH'] ?? '/usr/bin/ffmpeg'
const path = await ensureInput(input, options.cache, ffmpeg)
const scratch = await mkdtemp(join(options.cache, 'run-'))
const store = await startStore(options.cache)
try {
  await store.upload(path, input.file)
  await buildPosterframe()
  const service = await startPosterframe(store, { way: 'e', directory: scratch, ffmpeg, isIsolated: true })
  try {
    const own = []
    for (let round = 0; round < Number(options.repetitions); round++) own.push(await measureOwn(service.base, round))
    const rival = await measureRival()
    const ownMs = findMedian(own.map(({ ms }) => ms))
    const { work, tiles, sheets } = own[0]!.answer
    report(`${input.name}: ${tiles.length} tiles in ${sheets.length} sheet`)
    report(
      `the service: ${(ownMs / 1000).toFixed(2)} s, ${describeTraffic(own[0]!.traffic)}; it says ${work.bytesRead} bytes, ${work.requests} requests, ${work.packetsDecoded} packets`
    )
    report(`its steps in ms: ${own[0]!.steps}`)
    report(
      `ffmpeg: ${rival.isTimedOut ? 'more than ' : ''}${(rival.ms / 1000).toFixed(2)} s, ${describeTraffic(rival.traffic)}`
    )
    report(`ratio of the times: 1 / ${(rival.ms / ownMs).toFixed(1)}`)
  } finally {
    await service.stop()
  }
} finally {
  store.close()
  await rm(scratch, { recursive: true, force: true })
}

/** Each time of an object that no cache knows. */
async function measureOwn (base: string, round: number) {
  const key = `storyboard-${round}/${input!.file}`
  await store.copy(input!.file, key)
  await store.slowWay.takeExchanges()
  const startMs = performance.now()
  const response = await fetch(`${base}/v1/storyboards`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key })
  })
  const text = await response.text()
  const ms = performance.now() - startMs
  if (response.status !== 201) throw new Error(`Posterframe answered ${response.status}: ${text.slice(0, 500)}`)
  return {
    ms,
    answer: JSON.parse(text) as Answer,
    steps: response.headers.get('server-timing') ?? '',
    traffic: readVideoTraffic(await store.slowWay.takeExchanges())
  }
}

async function measureRival () {
  const url = await store.presignGet(input!.file)
  await store.slowWay.takeExchanges()
  const filters = `fps=1/${(input!.minutes * 60) / TILES},scale=160:-2,tile=10x10`
  const cost = await runMeasured(
    ffmpeg,
    [
      '-v',
      'error',
      '-nostdin',
      '-y',
      '-skip_frame',
      'nokey',
      '-i',
      url,
      '-an',
      '-vf',
      filters,
      '-frames:v',
      '1',
      '-update',
      '1',
      join(scratch, 'tiles.jpg')
    ],
    { directory: scratch, patienceSeconds: Number(options.patience) }
  )
  return { ...cost, traffic: readVideoTraffic(await store.slowWay.takeExchanges()) }
}

function readVideoTraffic (exchanges: Parameters<typeof summarizeTraffic>[0]) {
  return summarizeTraffic(exchanges.filter(({ method, path }) => method === 'GET' && path.startsWith(`/${VIDEOS}/`)))
}

function describeTraffic ({ bytes, requests, runs, roundTrips }: ReturnType<typeof summarizeTraffic>): string {
  return `${(bytes / 1e6).toFixed(1)} MB of the video in ${requests} requests (${runs} runs, ${roundTrips} round trips in a row)`
}

function report (line: string): void {
  process.stdout.write(`${line}\n`)
}
