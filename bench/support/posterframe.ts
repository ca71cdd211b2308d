import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startService, type RunningService } from '../../test/support/running-service.ts'
import { summarizeTraffic } from '../store/exchange.ts'
import { forgetPeak, readFamilyCpuSeconds, readFamilyPeakBytes, readPeakBytes } from './process-cost.ts'
import { readPictureCode } from '../thumbnails/image-barcode.ts'
import type { IndexState, OwnWay, Sample, Seek, Told } from '../thumbnails/sample.ts'
import { THUMBNAILS, VIDEOS, type BenchStore } from '../store/store.ts'

/** The service under test, as a user would run it. */
export interface Posterframe extends RunningService {
  readonly way: OwnWay
  readonly scratch: string
}

/** One question, as the service gets it. */
export interface Question {
  readonly input: string
  readonly key: string
  readonly atSeconds: number
  readonly seek: Seek
  readonly index: IndexState
}

const run = promisify(execFile)

const ROOT = join(import.meta.dirname, '../..')

/** How the image tells the allocator to behave. */
export const IMAGE_ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576' } as const

/** Builds what ships. */
export async function buildPosterframe (): Promise<void> {
  await run(process.execPath, ['scripts/build.mjs'], { cwd: ROOT })
}

/** Which service is started, and where. */
export interface PosterframePlan {
  readonly way: OwnWay
  readonly directory: string
  readonly ffmpeg: string
  /** Whether what decodes is isolated where the machine allows. */
  readonly isIsolated: boolean
}

/** Starts what was built before the slow store. */
export async function startPosterframe (
  store: BenchStore,
  { way, directory, ffmpeg, isIsolated }: PosterframePlan
): Promise<Posterframe> {
  const scratch = join(directory, `scratch-${way}`)
  await mkdir(scratch, { recursive: true })
  const service = await startService(process.execPath, ['dist/server.mjs'], {
    cwd: ROOT,
    env: {
      // Where bubblewrap is found.
      PATH: isIsolated ? process.env['PATH'] : '',
      ...IMAGE_ALLOCATOR,
      ...store.env,
      FFMPEG_PATH: ffmpeg,
      POSTERFRAME_DECODER: way === 'l' ? 'libav' : 'ffmpeg',
      POSTERFRAME_DECODER_WARMUP: 'true',
      POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
      POSTERFRAME_SOURCE_BUCKETS: VIDEOS,
      POSTERFRAME_OUTPUT_BUCKET: THUMBNAILS,
      POSTERFRAME_AUTH: 'none',
      POSTERFRAME_SCRATCH_DIR: scratch,
      POSTERFRAME_MAX_SOURCE_BYTES: '16GiB',
      POSTERFRAME_TIMEOUT_MS: '600000',
      POSTERFRAME_LOG_LEVEL: 'warn'
    }
  })
  return { ...service, way, scratch }
}

/** An answer, as far as the bench reads it. */
export interface Answer {
  readonly url: string
  readonly timestamp: number
  readonly told: Told
}

/**
 * Asks for one thumbnail, 640 pixels wide.
 *
 * @throws Error where the answer is not a new thumbnail
 */
export async function ask (
  base: string,
  { key, atSeconds, seek }: Pick<Question, 'key' | 'atSeconds' | 'seek'>
): Promise<Answer> {
  const response = await fetch(`${base}/v1/thumbnails`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, timestamp: `${atSeconds.toFixed(6)}s`, seek, width: 640, format: 'jpeg' })
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`Posterframe answered ${response.status}: ${text.slice(0, 500)}`)
  const { url, timestamp, work } = JSON.parse(text) as { url: string, timestamp: number, work: Omit<Told, 'stepsMs'> }
  return { url, timestamp, told: { ...work, stepsMs: parseServerTiming(response.headers.get('server-timing') ?? '') } }
}

/** Milliseconds per step of a `Server-Timing` header. */
export function parseServerTiming (header: string): Record<string, number> {
  return Object.fromEntries(
    [...header.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, step = '', ms]) => [step, Number(ms)])
  )
}

/** (e) and (l): asks and measures the service. Its scratch is not looked at, since looking takes time: see `watch`. */
export async function measurePosterframe (
  store: BenchStore,
  service: Posterframe,
  question: Question
): Promise<Sample> {
  await store.slowWay.takeExchanges()
  await forgetPeak(service.pid)
  const cpuBefore = await readFamilyCpuSeconds(service.pid)
  const startMs = performance.now()
  const answer = await ask(service.base, question)
  const ms = performance.now() - startMs
  const [cpuAfter, peakBytes, exchanges] = await Promise.all([
    readFamilyCpuSeconds(service.pid),
    service.way === 'l' ? readFamilyPeakBytes(service.pid) : readPeakBytes(service.pid),
    store.slowWay.takeExchanges()
  ])
  const code = await readPictureCode(Buffer.from(await (await fetch(answer.url)).arrayBuffer()))
  const { input, seek, index } = question
  return {
    ...summarizeTraffic(exchanges),
    way: service.way,
    input,
    seek,
    index,
    ms,
    cpuSeconds: cpuAfter - cpuBefore,
    peakBytes,
    scratchBytes: NaN,
    isTimedOut: false,
    code,
    told: answer.told
  }
}
