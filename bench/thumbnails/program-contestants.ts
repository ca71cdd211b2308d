import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { Agent, request as sendRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import type { Target } from '../inputs/targets.ts'
import { summarizeTraffic } from '../store/exchange.ts'
import type { BenchStore } from '../store/store.ts'
import type { Seek } from '../support/posterframe.ts'
import { runMeasured, type ProgramCost } from '../support/process-cost.ts'
import type { Contestant, DownloadContestant, UrlContestant } from './contestants.ts'
import { readImageBarcode } from './image-barcode.ts'
import type { Sample } from './sample.ts'

/** The frame that is requested of a program. */
export interface ProgramRequest {
  readonly input: string
  /** Key of the object. */
  readonly key: string
  readonly target: Target
  readonly framesPerSecond: number
}

/** Tools shared by the programs. */
export interface ProgramTools {
  readonly store: BenchStore
  readonly ffmpeg: string
  /** Directory of downloads and images. */
  readonly scratch: string
  readonly timeoutSeconds: number
}

interface Download {
  readonly path: string
  readonly ms: number
  readonly cpuSeconds: number
  readonly bytes: number
}

const QUIET = ['-v', 'error', '-nostdin', '-y'] as const
// Keeps connections open as a long-running client would, so that no contestant pays for a new one.
const agent = new Agent({ keepAlive: true })
let images = 0

/**
 * Lets ffmpeg read the presigned URL, then puts the image. `ffmpegOnUrl` is the usual command, which decodes up to the
 * exact frame; `ffmpegKeyFrameOnUrl` stops at the key frame before it.
 */
export async function runOnUrl (
  { store, ffmpeg, scratch, timeoutSeconds }: ProgramTools,
  request: ProgramRequest,
  contestant: UrlContestant
): Promise<Sample[]> {
  const url = await store.presignGet(request.key)
  const seek = contestant === 'ffmpegKeyFrameOnUrl' ? 'keyframe' : 'exact'
  const sample = await measureProgram({ store, scratch }, { contestant, request, seek }, (image) =>
    runMeasured(ffmpeg, inputSeekArguments(['-ss', formatSeconds(request, 'exact'), '-i', url], seek, image), {
      directory: scratch,
      timeoutSeconds
    })
  )
  return seek === 'keyframe' ? [sample] : countForBothSeeks(sample)
}

/** Runs `ffmpegKeyFrameOnUrl` without counting bytes, so that several can run at once; returns its CPU seconds. */
export async function runKeyFrameOnUrl (
  { store, ffmpeg, scratch, timeoutSeconds }: ProgramTools,
  key: string,
  atSeconds: number
): Promise<number> {
  const name = `image-${images++}.jpg`
  const image = join(scratch, name)
  const [source, destination] = await Promise.all([store.presignGet(key), store.presignPut(name)])
  const { cpuSeconds } = await runMeasured(
    ffmpeg,
    inputSeekArguments(['-ss', atSeconds.toFixed(6), '-i', source], 'keyframe', image),
    { directory: scratch, timeoutSeconds }
  )
  await putFile(destination, image)
  await rm(image)
  return cpuSeconds
}

/** Downloads once and lets each contestant extract its frames; each is charged for the download. */
export async function runOnDownload (
  tools: ProgramTools,
  request: ProgramRequest,
  contestants: readonly DownloadContestant[]
): Promise<Sample[]> {
  const { store, ffmpeg, scratch, timeoutSeconds } = tools
  const download = await downloadObject(tools, request.key)
  const measure = async (
    contestant: DownloadContestant,
    seek: Seek,
    program: string,
    argumentsFor: (image: string) => readonly string[]
  ) =>
    await measureProgram(tools, { contestant, request, seek, download }, (image) =>
      runMeasured(program, argumentsFor(image), { directory: scratch, timeoutSeconds })
    )
  const samples: Sample[] = []
  try {
    await store.proxy.takeExchanges()
    if (contestants.includes('ffmpegDownloadOutputSeek')) {
      const sample = await measure('ffmpegDownloadOutputSeek', 'exact', ffmpeg, (image) => [
        ...QUIET, '-i', download.path, '-ss', formatSeconds(request, 'exact'), ...outputArguments(image)
      ])
      samples.push(...countForBothSeeks(sample))
    }
    for (const seek of contestants.includes('ffmpegDownloadInputSeek') ? (['keyframe', 'exact'] as const) : []) {
      samples.push(
        await measure('ffmpegDownloadInputSeek', seek, ffmpeg, (image) =>
          inputSeekArguments(['-ss', formatSeconds(request, seek), '-i', download.path], seek, image)
        )
      )
    }
    if (contestants.includes('ffmpegthumbnailerDownload')) {
      const time = formatClock(request.target.keySeconds)
      samples.push(
        await measure('ffmpegthumbnailerDownload', 'keyframe', 'ffmpegthumbnailer', (image) => [
          '-i', download.path, '-o', image, '-s', '640', '-q', '8', '-t', time
        ])
      )
    }
  } finally {
    await rm(download.path, { force: true })
  }
  return samples
}

/**
 * Counts a command that decodes up to the exact frame for the key frame too: it is also written for any frame nearby.
 */
function countForBothSeeks (sample: Sample): Sample[] {
  return [sample, { ...sample, seek: 'keyframe', barcode: null }]
}

interface Measurement {
  readonly contestant: Contestant
  readonly request: ProgramRequest
  readonly seek: Seek
  readonly download?: Download
}

/** Measures a program that writes an image, and the PUT of the image. */
async function measureProgram (
  { store, scratch }: Pick<ProgramTools, 'store' | 'scratch'>,
  { contestant, request, seek, download }: Measurement,
  writeImage: (image: string) => Promise<ProgramCost>
): Promise<Sample> {
  const name = `image-${images++}.jpg`
  const image = join(scratch, name)
  const url = await store.presignPut(name)
  await store.proxy.takeExchanges()
  const startMs = performance.now()
  const cost = await writeImage(image)
  if (!cost.isTimedOut) await putFile(url, image)
  const ms = performance.now() - startMs + (download?.ms ?? 0)
  const traffic = summarizeTraffic(await store.proxy.takeExchanges())
  const imageBytes = await stat(image).then(
    ({ size }) => size,
    () => 0
  )
  const barcode = cost.isTimedOut ? null : await readImageBarcode(image)
  await rm(image, { force: true })
  return {
    ...traffic,
    ...(download && {
      bytes: traffic.bytes + download.bytes,
      methods: `GET ${traffic.methods}`,
      requests: 1,
      mergedRequests: 1,
      videoReads: 1,
      roundTrips: 1
    }),
    contestant,
    input: request.input,
    seek,
    index: null,
    ms,
    cpuSeconds: cost.cpuSeconds + (download?.cpuSeconds ?? 0),
    peakBytes: cost.peakBytes,
    scratchBytes: imageBytes + (download?.bytes ?? 0),
    isTimedOut: cost.isTimedOut,
    barcode,
    report: null
  }
}

function inputSeekArguments (input: readonly string[], seek: Seek, image: string): string[] {
  return [...QUIET, ...(seek === 'keyframe' ? ['-noaccurate_seek'] : []), ...input, ...outputArguments(image)]
}

function outputArguments (image: string): string[] {
  // Without passthrough ffmpeg drops the key frame, which is before T, and decodes up to T.
  return ['-map', '0:v:0', '-frames:v', '1', '-fps_mode', 'passthrough', '-vf', 'scale=640:-2', '-q:v', '3', image]
}

/** ffmpeg shows the first frame from T on. A T just before the requested frame selects it and decodes no frame more. */
function formatSeconds ({ target, framesPerSecond }: ProgramRequest, seek: Seek): string {
  return seek === 'exact' ? (target.frameSeconds - 0.4 / framesPerSecond).toFixed(6) : target.frameSeconds.toFixed(6)
}

function formatClock (seconds: number): string {
  const whole = Math.floor(seconds)
  return [whole / 3600, (whole / 60) % 60, whole % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}

async function downloadObject ({ store, scratch }: ProgramTools, key: string): Promise<Download> {
  const path = join(scratch, 'downloaded')
  const url = await store.presignGet(key)
  const [startMs, cpu] = [performance.now(), process.cpuUsage()]
  const sent = sendRequest(url, { agent })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`The store responded with ${response.statusCode} to a download.`)
  await pipeline(response, createWriteStream(path, { highWaterMark: 1024 * 1024 }))
  const { user, system } = process.cpuUsage(cpu)
  return { path, ms: performance.now() - startMs, cpuSeconds: (user + system) / 1e6, bytes: (await stat(path)).size }
}

async function putFile (url: string, path: string): Promise<void> {
  const { size } = await stat(path)
  const sent = sendRequest(url, { agent, method: 'PUT', headers: { 'content-length': size } })
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  await pipeline(createReadStream(path), sent)
  const [response] = await answered
  response.resume()
  await once(response, 'close')
  if (response.statusCode !== 200) throw new Error(`The store responded with ${response.statusCode} to an image.`)
}
