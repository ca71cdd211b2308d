import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type BenchStore, THUMBNAILS, VIDEOS } from '../../store/store.ts'
import { type DecoderName, IMAGE_ALLOCATOR, ROOT } from '../../support/posterframe.ts'

/** The contestants: a shell recipe, and the command with either decoder. */
export const CONTESTANTS = ['recipe', 'ffmpeg', 'libav'] as const
/** One of {@link CONTESTANTS}. */
export type Contestant = (typeof CONTESTANTS)[number]

/** Tools shared by all contestants. */
export interface BackfillTools {
  readonly store: BenchStore
  readonly ffmpeg: string
  readonly scratch: string
  readonly jobs: number
}

/** Timestamp of each thumbnail, in seconds. */
export const AT_SECONDS = 1
/** Largest width of each thumbnail. */
export const WIDTH = 640

// Each line of the list is the URL of a video and the URL to put its thumbnail to. No --retry, since nothing fails
// here.
const RECIPE = `
work=$(mktemp -d)
curl -sSf -o "$work/video" "$1" &&
"$FFMPEG" -v error -nostdin -y -ss ${AT_SECONDS} -i "$work/video" -frames:v 1 -vf "scale='min(${WIDTH},iw)':-2" -q:v 3 "$work/thumbnail.jpg" &&
curl -sSf -T "$work/thumbnail.jpg" "$2"
code=$?
rm -r "$work"
exit $code`

/**
 * Runs the recipe for some keys, `jobs` at a time; returns milliseconds. The URLs are signed before the clock starts.
 */
export async function runRecipe (
  { store, ffmpeg, scratch, jobs }: BackfillTools,
  keys: readonly string[],
  prefix: string
): Promise<number> {
  const directory = await mkdtemp(join(scratch, 'recipe-'))
  try {
    const pairs = await Promise.all(
      keys.map(async (key) => `${await store.presignGet(key)}\n${await store.presignPut(`${prefix}${key}.jpg`)}\n`)
    )
    await writeFile(join(directory, 'list'), pairs.join(''))
    const startMs = performance.now()
    const child = spawn('xargs', ['-a', join(directory, 'list'), '-n', '2', `-P${jobs}`, 'sh', '-c', RECIPE, 'sh'], {
      env: { PATH: process.env['PATH'], TMPDIR: directory, FFMPEG: ffmpeg },
      stdio: ['ignore', 'ignore', 'inherit']
    })
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`The recipe ended with ${code}.`)
    return performance.now() - startMs
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Options of one run of the command. */
export interface CommandRun {
  readonly decoder: DecoderName
  /** Prefix of the keys of the sources. */
  readonly from: string
  /** Prefix of the keys of the thumbnails; ends with a slash. */
  readonly prefix: string
  readonly journal: string
}

/** Starts the built command. */
export function startCommand (
  { store, ffmpeg, scratch }: BackfillTools,
  { decoder, from, prefix, journal }: CommandRun
) {
  const source = `s3://${VIDEOS}/${from}`
  const options = ['--timestamp', String(AT_SECONDS), '--width', String(WIDTH), '--journal', journal, '--every', '3600']
  const child = spawn(process.execPath, ['dist/cli.mjs', 'backfill', source, ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ...IMAGE_ALLOCATOR,
      ...store.env,
      FFMPEG_PATH: ffmpeg,
      POSTERFRAME_DECODER: decoder,
      POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
      POSTERFRAME_SOURCE_BUCKETS: VIDEOS,
      POSTERFRAME_OUTPUT_BUCKET: THUMBNAILS,
      POSTERFRAME_OUTPUT_PREFIX: prefix,
      POSTERFRAME_SCRATCH_DIR: scratch
    }
  })
  let stderr = ''
  let result = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4000)
  })
  child.stdout.on('data', (chunk: Buffer) => {
    result += chunk.toString()
  })
  const ended = once(child, 'close') as Promise<[number | null]>
  return {
    child,
    ended,
    readStderr: () => stderr,
    readResult: () =>
      JSON.parse(result) as {
        readonly made: number
        readonly found: number
        readonly failed: number
        readonly doneBefore: number
      }
  }
}

/** Runs the command for all keys that begin with `from`; returns milliseconds, including the start of the command. */
export async function runCommand (tools: BackfillTools, run: CommandRun, count: number): Promise<number> {
  const startMs = performance.now()
  const { ended, readStderr, readResult } = startCommand(tools, run)
  const [code] = await ended
  const ms = performance.now() - startMs
  if (code !== 0 || readResult().made !== count) throw new Error(`The backfill ended with ${code}: ${readStderr()}`)
  return ms
}

/** The outcome of a kill and a second run. */
export interface Resumption {
  /** Thumbnails in the store after the kill. */
  readonly before: number
  readonly result: ReturnType<ReturnType<typeof startCommand>['readResult']>
  /** Thumbnails in the store after the second run. */
  readonly after: number
  /** Thumbnails that existed and were written again. */
  readonly rewritten: number
}

/** Kills the command after `killAfter` lines of its journal, and starts it again with the same journal. */
export async function killAndResume (tools: BackfillTools, run: CommandRun, killAfter: number): Promise<Resumption> {
  const { store } = tools
  const { child, ended } = startCommand(tools, run)
  const countLines = async () =>
    await readFile(run.journal, 'utf8').then(
      (text) => text.split('\n').length - 1,
      () => 0
    )
  while ((await countLines()) < killAfter && child.exitCode === null) await delay(20)
  child.kill('SIGKILL')
  await ended
  const before = await store.listThumbnails(run.prefix)
  await store.proxy.takeExchanges()
  const second = startCommand(tools, run)
  const [code] = await second.ended
  if (code !== 0) throw new Error(`The second run ended with ${code}: ${second.readStderr()}`)
  const existing = new Set(before.map((key) => `/${THUMBNAILS}/${key}`))
  const written = (await store.proxy.takeExchanges())
    .filter(({ method }) => method === 'PUT')
    .map(({ path }) => decodeURIComponent(path.split('?')[0] ?? ''))
  return {
    before: before.length,
    result: second.readResult(),
    after: (await store.listThumbnails(run.prefix)).length,
    rewritten: written.filter((path) => existing.has(path)).length
  }
}
