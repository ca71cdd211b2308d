import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { IMAGE_ALLOCATOR } from '../../support/posterframe.ts'
import { type BenchStore, THUMBNAILS, VIDEOS } from '../../store/store.ts'

/** What takes part: the shell recipe, and the command with either decoder. */
export const BACKFILL_WAYS = ['recipe', 'ffmpeg', 'libav'] as const
/** One of {@link BACKFILL_WAYS}. */
export type BackfillWay = (typeof BACKFILL_WAYS)[number]

/** What all of them run with. */
export interface BackfillTools {
  readonly store: BenchStore
  readonly ffmpeg: string
  /** For whatever they write. */
  readonly scratch: string
  readonly jobs: number
}

const ROOT = join(import.meta.dirname, '../../..')
/** The moment that is wanted of each, in seconds. */
export const AT_SECONDS = 1
/** The width of each picture. */
export const WIDTH = 640

// A line of the list is the URL to get from and the one to put to. --retry is left out: nothing fails here.
const RECIPE = `
work=$(mktemp -d)
curl -sSf -o "$work/video" "$1" &&
"$FFMPEG" -v error -nostdin -y -ss ${AT_SECONDS} -i "$work/video" -frames:v 1 -vf "scale='min(${WIDTH},iw)':-2" -q:v 3 "$work/picture.jpg" &&
curl -sSf -T "$work/picture.jpg" "$2"
code=$?
rm -r "$work"
exit $code`

/** Runs the recipe over some keys, so many at a time; milliseconds. The URLs are signed before the clock starts. */
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
    if (code !== 0) throw new Error(`the recipe ended with ${code}`)
    return performance.now() - startMs
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** How a backfill is run. */
export interface OwnRun {
  readonly decoder: 'ffmpeg' | 'libav'
  /** What the keys of the sources begin with. */
  readonly from: string
  /** What the keys of the pictures begin with; ends with a slash. */
  readonly prefix: string
  readonly journal: string
}

/** Starts the command that ships. */
export function startOwn ({ store, ffmpeg, scratch }: BackfillTools, { decoder, from, prefix, journal }: OwnRun) {
  const args = [
    'dist/cli.mjs',
    'backfill',
    `s3://${VIDEOS}/${from}`,
    '--timestamp',
    String(AT_SECONDS),
    '--width',
    String(WIDTH),
    '--journal',
    journal,
    '--every',
    '3600'
  ]
  const child = spawn(process.execPath, args, {
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
  let said = ''
  let result = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000)
  })
  child.stdout.on('data', (chunk: Buffer) => {
    result += chunk.toString()
  })
  const ended = once(child, 'close') as Promise<[number | null]>
  return {
    child,
    ended,
    describe: () => said,
    readResult: () =>
      JSON.parse(result) as {
        readonly made: number
        readonly found: number
        readonly failed: number
        readonly doneBefore: number
      }
  }
}

/** Runs the command over all keys that begin with `from`, its start included; milliseconds. */
export async function runOwn (tools: BackfillTools, run: OwnRun, count: number): Promise<number> {
  const startMs = performance.now()
  const { ended, describe, readResult } = startOwn(tools, run)
  const [code] = await ended
  const ms = performance.now() - startMs
  if (code !== 0 || readResult().made !== count) throw new Error(`the backfill ended with ${code}: ${describe()}`)
  return ms
}

/** What a kill and another start left behind. */
export interface Resumption {
  readonly before: number
  readonly result: ReturnType<ReturnType<typeof startOwn>['readResult']>
  readonly after: number
  /** Pictures that were there and were written once more. */
  readonly writtenAgain: number
}

/** Kills the command when so many pictures are made, and starts it again with the same journal. */
export async function killAndResume (tools: BackfillTools, run: OwnRun, killAfter: number): Promise<Resumption> {
  const { child, ended } = startOwn(tools, run)
  const countLines = async () =>
    await readFile(run.journal, 'utf8').then(
      (text) => text.split('\n').length - 1,
      () => 0
    )
  while ((await countLines()) < killAfter && child.exitCode === null) await delay(20)
  child.kill('SIGKILL')
  await ended
  const before = await tools.store.listPictures(run.prefix)
  await tools.store.slowWay.takeExchanges()
  const second = startOwn(tools, run)
  const [code] = await second.ended
  if (code !== 0) throw new Error(`the second run ended with ${code}: ${second.describe()}`)
  const there = new Set(before.map((key) => `/${THUMBNAILS}/${key}`))
  const written = (await tools.store.slowWay.takeExchanges())
    .filter(({ method }) => method === 'PUT')
    .map(({ path }) => decodeURIComponent(path.split('?')[0] ?? ''))
  return {
    before: before.length,
    result: second.readResult(),
    after: (await tools.store.listPictures(run.prefix)).length,
    writtenAgain: written.filter((path) => there.has(path)).length
  }
}
