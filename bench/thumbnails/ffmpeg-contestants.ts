import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { Agent, request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { summarizeTraffic } from '../store/exchange.ts'
import { runMeasured, type ProgramCost } from '../support/process-cost.ts'
import { readPictureCode } from './image-barcode.ts'
import type { Sample, Seek, WayLetter } from './sample.ts'
import type { BenchStore } from '../store/store.ts'
import type { Target } from '../inputs/targets.ts'

/** One question, as the rivals get it. */
export interface RivalQuestion {
  readonly input: string
  /** The object's key. */
  readonly key: string
  readonly target: Target
  readonly framesPerSecond: number
}

/** What the rivals run with. */
export interface RivalTools {
  readonly store: BenchStore
  readonly ffmpeg: string
  /** Where a download and a picture lie. */
  readonly scratch: string
  readonly patienceSeconds: number
}

interface Download {
  readonly path: string
  readonly ms: number
  readonly cpuSeconds: number
  readonly bytes: number
}

// Connections of a service that has been up for a while: no rival pays for a new one where its client would keep it.
const agent = new Agent({ keepAlive: true })
let pictures = 0

/**
 * ffmpeg reads the presigned URL itself, then the picture is put: (c) as everybody writes it, which decodes on to the
 * exact frame, and (k), which takes the key frame before it.
 */
export async function runOnUrl (
  { store, ffmpeg, scratch, patienceSeconds }: RivalTools,
  question: RivalQuestion,
  way: 'c' | 'k'
): Promise<Sample[]> {
  const url = await store.presignGet(question.key)
  const seek = way === 'k' ? 'keyframe' : 'exact'
  const sample = await measureRival({ store, scratch }, { way, question, seek }, (picture) =>
    runMeasured(ffmpeg, planFfmpeg(['-ss', planSeconds(question, 'exact'), '-i', url], seek, picture), {
      directory: scratch,
      patienceSeconds
    })
  )
  // Who wants any picture from about there writes the same command, so (c) stands for both.
  return way === 'k' ? [sample] : [sample, { ...sample, seek: 'keyframe', code: null }]
}

/** (k) without counting bytes, so that several can run at once; answers its CPU seconds. */
export async function runUncounted (
  { store, ffmpeg, scratch, patienceSeconds }: RivalTools,
  key: string,
  atSeconds: number
): Promise<number> {
  const name = `rival-${pictures++}.jpg`
  const picture = join(scratch, name)
  const [source, goal] = await Promise.all([store.presignGet(key), store.presignPut(name)])
  const { cpuSeconds } = await runMeasured(
    ffmpeg,
    planFfmpeg(['-ss', atSeconds.toFixed(6), '-i', source], 'keyframe', picture),
    { directory: scratch, patienceSeconds }
  )
  await putFile(goal, picture)
  await rm(picture)
  return cpuSeconds
}

/** Downloads once, and then (a), (b) and (d) each make their pictures; the download is part of the cost of each. */
export async function runOnDownload (
  tools: RivalTools,
  question: RivalQuestion,
  ways: readonly WayLetter[]
): Promise<Sample[]> {
  const { store, ffmpeg, scratch, patienceSeconds } = tools
  const download = await fetchWhole(tools, question.key)
  const measure = async (way: WayLetter, seek: Seek, program: string, plan: (picture: string) => readonly string[]) =>
    await measureRival(tools, { way, question, seek, download }, (picture) =>
      runMeasured(program, plan(picture), { directory: scratch, patienceSeconds })
    )
  const samples: Sample[] = []
  try {
    await store.slowWay.takeExchanges()
    if (ways.includes('a')) {
      const sample = await measure('a', 'exact', ffmpeg, (picture) => [
        '-v',
        'error',
        '-nostdin',
        '-y',
        '-i',
        download.path,
        '-ss',
        planSeconds(question, 'exact'),
        ...outputArguments(picture)
      ])
      // It decodes from the start whatever is wanted, so it stands for both.
      samples.push(sample, { ...sample, seek: 'keyframe', code: null })
    }
    for (const seek of ways.includes('b') ? (['keyframe', 'exact'] as const) : []) {
      samples.push(
        await measure('b', seek, ffmpeg, (picture) =>
          planFfmpeg(['-ss', planSeconds(question, seek), '-i', download.path], seek, picture)
        )
      )
    }
    if (ways.includes('d')) {
      samples.push(
        await measure('d', 'keyframe', 'ffmpegthumbnailer', (picture) => [
          '-i',
          download.path,
          '-o',
          picture,
          '-s',
          '640',
          '-q',
          '8',
          '-t',
          formatClock(question.target.keySeconds)
        ])
      )
    }
  } finally {
    await rm(download.path, { force: true })
  }
  return samples
}

/** Lets a rival make a picture and puts it, all of which is its time. */
async function measureRival (
  { store, scratch }: Pick<RivalTools, 'store' | 'scratch'>,
  {
    way,
    question,
    seek,
    download
  }: { readonly way: WayLetter, readonly question: RivalQuestion, readonly seek: Seek, readonly download?: Download },
  makePicture: (picture: string) => Promise<ProgramCost>
): Promise<Sample> {
  const name = `rival-${pictures++}.jpg`
  const picture = join(scratch, name)
  const url = await store.presignPut(name)
  await store.slowWay.takeExchanges()
  const startMs = performance.now()
  const cost = await makePicture(picture)
  if (!cost.isTimedOut) await putFile(url, picture)
  const ms = performance.now() - startMs + (download?.ms ?? 0)
  const traffic = summarizeTraffic(await store.slowWay.takeExchanges())
  const own =
    download === undefined
      ? traffic
      : {
          ...traffic,
          bytes: traffic.bytes + download.bytes,
          methods: `GET ${traffic.methods}`,
          requests: 1,
          runs: 1,
          reads: 1,
          roundTrips: 1
        }
  const pictureBytes = await stat(picture).then(
    ({ size }) => size,
    () => 0
  )
  const code = cost.isTimedOut ? null : await readPictureCode(picture)
  await rm(picture, { force: true })
  return {
    ...own,
    way,
    input: question.input,
    seek,
    index: null,
    ms,
    cpuSeconds: cost.cpuSeconds + (download?.cpuSeconds ?? 0),
    peakBytes: cost.peakBytes,
    scratchBytes: pictureBytes + (download?.bytes ?? 0),
    isTimedOut: cost.isTimedOut,
    code,
    told: null
  }
}

function planFfmpeg (input: readonly string[], seek: Seek, picture: string): string[] {
  return [
    '-v',
    'error',
    '-nostdin',
    '-y',
    ...(seek === 'keyframe' ? ['-noaccurate_seek'] : []),
    ...input,
    ...outputArguments(picture)
  ]
}

function outputArguments (picture: string): string[] {
  // Without passthrough ffmpeg throws the key frame away, since it lies before T, and goes on decoding to T.
  return ['-map', '0:v:0', '-frames:v', '1', '-fps_mode', 'passthrough', '-vf', 'scale=640:-2', '-q:v', '3', picture]
}

/** ffmpeg shows the first frame from T on, so a T just before the wanted frame gives it, and decodes not one more. */
function planSeconds ({ target, framesPerSecond }: RivalQuestion, seek: Seek): string {
  return seek === 'exact' ? (target.frameSeconds - 0.4 / framesPerSecond).toFixed(6) : target.frameSeconds.toFixed(6)
}

function formatClock (seconds: number): string {
  const whole = Math.floor(seconds)
  return [whole / 3600, (whole / 60) % 60, whole % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}

async function fetchWhole ({ store, scratch }: RivalTools, key: string): Promise<Download> {
  const path = join(scratch, 'downloaded')
  const url = await store.presignGet(key)
  const [startMs, cpu] = [performance.now(), process.cpuUsage()]
  const sent = request(url, { agent })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`the store answered ${response.statusCode} to a download`)
  await pipeline(response, createWriteStream(path, { highWaterMark: 1024 * 1024 }))
  const { user, system } = process.cpuUsage(cpu)
  return { path, ms: performance.now() - startMs, cpuSeconds: (user + system) / 1e6, bytes: (await stat(path)).size }
}

async function putFile (url: string, path: string): Promise<void> {
  const { size } = await stat(path)
  const sent = request(url, { agent, method: 'PUT', headers: { 'content-length': size } })
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  await pipeline(createReadStream(path), sent)
  const [response] = await answered
  response.resume()
  await once(response, 'close')
  if (response.statusCode !== 200) throw new Error(`the store answered ${response.statusCode} to a picture`)
}
