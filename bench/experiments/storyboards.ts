// node bench/experiments/storyboards.ts: a storyboard of a hundred tiles by the service, and by the usual ffmpeg
// command on the URL of the same object behind the same proxy.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInput, findInput } from '../inputs/inputs.ts'
import { summarizeTraffic, type Exchange, type Traffic } from '../store/exchange.ts'
import { startStore, VIDEOS } from '../store/store.ts'
import { buildPosterframe, startPosterframe } from '../support/posterframe.ts'
import { runMeasured } from '../support/process-cost.ts'
import { findMedian } from '../support/statistics.ts'

const { values: options } = parseArgs({
  options: {
    input: { type: 'string', default: '2h-moov-first' },
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-bench') },
    repetitions: { type: 'string', default: '3' },
    timeout: { type: 'string', default: '300' }
  }
})

const TILES = 100

interface Storyboard {
  readonly tiles: readonly unknown[]
  readonly sheets: readonly unknown[]
  readonly work: { readonly bytesRead: number, readonly requests: number, readonly packetsDecoded: number }
}

const input = findInput(options.input)
const ffmpeg = process.env['FFMPEG_PATH'] ?? '/usr/bin/ffmpeg'
const path = await ensureInput(input, options.cache, ffmpeg)
const scratch = await mkdtemp(join(options.cache, 'run-'))
const store = await startStore(options.cache)
try {
  await store.upload(path, input.file)
  await buildPosterframe()
  const service = await startPosterframe(store, { decoder: 'ffmpeg', directory: scratch, ffmpeg, isIsolated: true })
  try {
    const runs = []
    for (let round = 0; round < Number(options.repetitions); round++) {
      runs.push(await measureService(service.base, round))
    }
    const program = await measureFfmpeg()
    const ms = findMedian(runs.map((run) => run.ms))
    const { storyboard: { work, tiles, sheets }, traffic, steps } = runs[0]!
    say(`${input.name}: ${tiles.length} tiles in ${sheets.length} sprite sheets`)
    say(
      `service: ${(ms / 1000).toFixed(2)} s, ${describeTraffic(traffic)}; it reports ${work.bytesRead} bytes, ${work.requests} requests, ${work.packetsDecoded} packets`
    )
    say(`steps in ms: ${steps}`)
    say(
      `ffmpeg: ${program.isTimedOut ? 'more than ' : ''}${(program.ms / 1000).toFixed(2)} s, ${describeTraffic(program.traffic)}`
    )
    say(`ratio of the times: 1 / ${(program.ms / ms).toFixed(1)}`)
  } finally {
    await service.stop()
  }
} finally {
  store.close()
  await rm(scratch, { recursive: true, force: true })
}

/** Requests a storyboard of a copy of the object, whose index is in no cache. */
async function measureService (base: string, round: number) {
  const key = `storyboard-${round}/${input.file}`
  await store.copy(input.file, key)
  await store.proxy.takeExchanges()
  const startMs = performance.now()
  const response = await fetch(`${base}/v1/storyboards`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key })
  })
  const text = await response.text()
  const ms = performance.now() - startMs
  if (response.status !== 201) throw new Error(`Posterframe responded with ${response.status}: ${text.slice(0, 500)}`)
  return {
    ms,
    storyboard: JSON.parse(text) as Storyboard,
    steps: response.headers.get('server-timing') ?? '',
    traffic: summarizeVideoTraffic(await store.proxy.takeExchanges())
  }
}

async function measureFfmpeg () {
  const url = await store.presignGet(input.file)
  await store.proxy.takeExchanges()
  const filters = `fps=1/${(input.minutes * 60) / TILES},scale=160:-2,tile=10x10`
  const cost = await runMeasured(
    ffmpeg,
    [
      '-v', 'error', '-nostdin', '-y', '-skip_frame', 'nokey', '-i', url, '-an', '-vf', filters,
      '-frames:v', '1', '-update', '1', join(scratch, 'tiles.jpg')
    ],
    { directory: scratch, timeoutSeconds: Number(options.timeout) }
  )
  return { ...cost, traffic: summarizeVideoTraffic(await store.proxy.takeExchanges()) }
}

function summarizeVideoTraffic (exchanges: readonly Exchange[]): Traffic {
  return summarizeTraffic(exchanges.filter(({ method, path }) => method === 'GET' && path.startsWith(`/${VIDEOS}/`)))
}

function describeTraffic ({ bytes, requests, mergedRequests, roundTrips }: Traffic): string {
  return `${(bytes / 1e6).toFixed(1)} MB of the video in ${requests} requests (${mergedRequests} merged, ${roundTrips} round trips in a row)`
}

function say (line: string): void {
  process.stdout.write(`${line}\n`)
}
