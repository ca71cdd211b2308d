// npm run soak: sends all kinds of traffic at once for a while, on loopback only, and then judges memory, descriptors,
// scratch and responses; writes SOAK.md.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { createRandom } from '../test/support/random.ts'
import { type RunningService, startService } from '../test/support/running-service.ts'
import { makeTraps } from '../test/support/traps.ts'
import { H264, makeBarcodeVideo } from '../test/support/videos.ts'
import { judgeSoak, type SoakOutcome } from './soak/judge.ts'
import { renderSoak } from './soak/page.ts'
import { collectSamples, countScratch } from './soak/samples.ts'
import { releaseConnections } from './soak/abusive-traffic.ts'
import { limitPids } from './soak/pids-limit.ts'
import { sendMisses, sendTraffic, TRAFFIC, type Traffic } from './soak/traffic.ts'
import { buildPosterframe, IMAGE_ALLOCATOR, ROOT } from './support/posterframe.ts'

const VIDEO_SECONDS = 30
/** Number of keys with the same video. */
const KEYS = 20
/** Time to clean up what is still running when the traffic ends. */
const SETTLE_MS = 30_000
/** Share of the time for warming up, and for the limit of processes at the end. */
const TENTH = 0.1
/** Open files of the service; it takes fewer connections. */
const OPEN_FILES = 1024
/** Misses at once under a limit of processes that is enough for a few of them. */
const PIDS = { room: 12, parallel: 24 }

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    /** Hits per second; other senders pause for a set time between two requests. */
    rate: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    decoder: { type: 'string', default: 'libav' },
    output: { type: 'string', default: join(ROOT, 'bench/SOAK.md') }
  }
})
const settings = {
  seconds: Number(values.seconds),
  rate: Number(values.rate),
  command: `npm run soak -- --seconds ${values.seconds} --rate ${values.rate} --seed ${values.seed} --decoder ${values.decoder}`
}

await buildPosterframe()
const directory = await mkdtemp(join(tmpdir(), 'pf-soak-'))
try {
  const outcome = await soak()
  const verdicts = judgeSoak(outcome)
  const page = await renderSoak(settings, outcome, verdicts)
  await writeFile(values.output, page)
  process.stdout.write(page)
  process.exitCode = verdicts.every(({ isHeld }) => isHeld) ? 0 : 1
} finally {
  await rm(directory, { recursive: true, force: true })
}

async function soak (): Promise<SoakOutcome> {
  const video = await makeBarcodeVideo(directory, 'clock.mp4', {
    seconds: VIDEO_SECONDS,
    framesPerSecond: 25,
    args: [...H264, '-movflags', '+faststart']
  })
  const keys = await placeVideo(video)
  const scratch = join(directory, 'scratch')
  await mkdir(scratch)
  const collector = join(ROOT, 'bench/soak/collect-garbage.mjs')
  const program = [process.execPath, '--expose-gc', '--import', collector, join(ROOT, 'dist/server.mjs')]
  const service = await startService('/bin/sh', ['-c', `ulimit -n ${OPEN_FILES} && exec "$@"`, 'sh', ...program], {
    cwd: directory,
    env: buildEnvironment(scratch)
  })
  try {
    const observed = { pid: service.pid, scratch, permanentEntries: (await readdir(scratch)).length }
    const responses = new Map<string, SoakOutcome['responses'][number]>()
    const note = (kind: string, status: number, times = 1) => {
      const count = (responses.get(`${kind} ${status}`)?.count ?? 0) + times
      responses.set(`${kind} ${status}`, { kind, status, count })
    }
    const end = new AbortController()
    const traffic: Traffic = {
      base: service.base,
      video: { path: video, keys, seconds: VIDEO_SECONDS },
      hostile: makeTraps({ path: '/nowhere/bait.mp4', url: 'http://127.0.0.1:9' }, await readFile(video)),
      random: createRandom(Number(values.seed)),
      signal: end.signal,
      note
    }
    const requests = await storeHits(service, keys)
    const sampling = collectSamples(observed, end.signal, settings.seconds * TENTH * 1000)
    const senders = (Object.keys(TRAFFIC) as Array<keyof typeof TRAFFIC>).map((kind) => sendTraffic(kind, traffic))
    const { statuses, ...hits } = await sendHits(service, requests)
    end.abort()
    const [samples] = await Promise.all([sampling, ...senders])
    for (const [status, count] of statuses) note('hit', status, count)
    await releaseConnections()
    const pidsLimit = await pressPids(service, traffic)
    const settledAt = Date.now() + SETTLE_MS
    while ((await countScratch(observed)) > 0 && Date.now() < settledAt) await delay(100)
    const isHealthy = (await fetch(`${service.base}/readyz`)).status === 200
    return {
      samples,
      isHealthy,
      pidsLimit,
      hits,
      leftOnScratch: await countScratch(observed),
      responses: [...responses.values()].sort(
        (one, other) => one.kind.localeCompare(other.kind) || one.status - other.status
      )
    }
  } catch (error) {
    throw new Error(`Output of the service:\n${service.output()}`, { cause: error })
  } finally {
    process.stderr.write(unexpectedLines(service.output()))
    await service.stop()
  }
}

/** Sends misses while the service may have few more processes. Returns what the limit is, or why there is none. */
async function pressPids (service: RunningService, traffic: Traffic): Promise<string> {
  const limit = await limitPids(service.pid, PIDS.room)
  if (typeof limit === 'string') return `no limit of processes, because ${limit}`
  try {
    await sendMisses(traffic, 'pids limit', PIDS.parallel, settings.seconds * TENTH)
  } finally {
    await limit.lift()
  }
  return limit.description
}

async function placeVideo (video: string): Promise<string[]> {
  const keys = Array.from({ length: KEYS }, (_, index) => `clock-${index}.mp4`)
  await mkdir(join(directory, 'data/videos'), { recursive: true })
  await Promise.all(keys.map((key) => copyFile(video, join(directory, 'data/videos', key))))
  return keys
}

function buildEnvironment (scratch: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    FFMPEG_PATH: process.env['FFMPEG_PATH'],
    ...IMAGE_ALLOCATOR,
    POSTERFRAME_DECODER: values.decoder,
    POSTERFRAME_SCRATCH_DIR: scratch,
    POSTERFRAME_LOG_LEVEL: 'warn'
  }
}

/** Returns the lines of a log about 5xx responses other than 503, and what is no line of a log. */
function unexpectedLines (output: string): string {
  return output
    .split('\n')
    .filter((line) => !line.startsWith('{') || /"code":"(?:internal_error|timed_out)"|"level":[56]0/.test(line))
    .join('\n')
}

/** Makes the thumbnails of the hits. Returns their requests. */
async function storeHits ({ base }: RunningService, keys: readonly string[]) {
  const requests = keys.map((key) => ({
    path: `/v1/thumbnails?key=${key}&timestamp=1&width=320`,
    headers: { accept: 'application/json' }
  }))
  for (const { path, headers } of requests) await (await fetch(base + path, { headers })).arrayBuffer()
  return requests
}

/** Repeats requests that are answered from the store. */
async function sendHits ({ base }: RunningService, requests: Awaited<ReturnType<typeof storeHits>>) {
  const { rate, seconds } = settings
  const result = await autocannon({ url: base, requests, connections: 10, overallRate: rate, duration: seconds })
  const statuses = Object.entries(result.statusCodeStats ?? {}).map(
    ([status, { count = 0 }]) => [Number(status), count] as const
  )
  const { latency: { p50, p99 }, requests: { total }, errors } = result
  return { p50, p99, count: total, errors, statuses }
}
