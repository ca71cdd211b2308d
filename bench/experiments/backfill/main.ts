import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BackfillRound, renderBackfill } from './page.ts'
import { makeSmallVideos } from './videos.ts'
import {
  BACKFILL_WAYS,
  type BackfillTools,
  type BackfillWay,
  killAndResume,
  runOwn,
  runRecipe
} from './contestants.ts'
import { describeMachine } from '../../support/machine.ts'
import { buildPosterframe } from '../../support/posterframe.ts'
import { startStore } from '../../store/store.ts'

// `posterframe backfill` against the recipe that everybody writes, on the same objects, in turn: BACKFILL.md.

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '10' },
    // The slowest way takes part in the first of them only.
    'ffmpeg-rounds': { type: 'string', default: '3' },
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-bench') },
    output: { type: 'string', default: join(import.meta.dirname, '../../BACKFILL.md') }
  }
})

const rounds = Number(options.rounds)
const perRound = Math.floor(Number(options.objects) / rounds)
const ffmpeg = process.env['FFMPEG_PATH'] ?? '/usr/bin/ffmpeg'
const COPIES_AT_ONCE = 8

await mkdir(options.cache, { recursive: true })
const scratch = await mkdtemp(join(options.cache, 'backfill-'))
const machine = await describeMachine(ffmpeg)
await buildPosterframe()
const store = await startStore(options.cache)
try {
  const tools: BackfillTools = { store, ffmpeg, scratch, jobs: 2 }
  const keys = await placeObjects()
  report(`${keys.flat().length} objects`)
  const measured: BackfillRound[] = []
  for (let round = 0; round < rounds; round++) {
    // Whoever comes first meets another machine than whoever comes last, so they take turns at that too.
    const ways = BACKFILL_WAYS.filter((way) => way !== 'ffmpeg' || round < Number(options['ffmpeg-rounds']))
    const order = ways.map((_, place) => ways[(place + round) % ways.length]!)
    for (const way of order) {
      const load = loadavg()[0] ?? NaN
      const ms = await measure(tools, way, round, keys[round]!)
      measured.push({ way, round, load, perSecond: (keys[round]!.length / ms) * 1000 })
      report(
        `round ${round + 1}, ${way}: ${((keys[round]!.length / ms) * 1000).toFixed(2)} objects/s at a load of ${load.toFixed(1)}`
      )
    }
  }
  const total = keys.flat().length
  const resumption = await killAndResume(
    tools,
    { decoder: 'libav', from: 'objects/', prefix: 'resumed/', journal: join(scratch, 'resumed.journal') },
    Math.floor(total / 2)
  )
  report(JSON.stringify(resumption))
  await writeFile(
    options.output,
    renderBackfill({ machine, measured, resumption, objects: total, perRound, jobs: tools.jobs })
  )
} finally {
  store.close()
  await rm(scratch, { recursive: true, force: true })
}

async function measure (
  tools: BackfillTools,
  way: BackfillWay,
  round: number,
  keys: readonly string[]
): Promise<number> {
  const prefix = `${way}/${round}/`
  if (way === 'recipe') return await runRecipe(tools, keys, prefix)
  return await runOwn(
    tools,
    { decoder: way, from: `objects/${round}/`, prefix, journal: join(scratch, `${way}-${round}.journal`) },
    keys.length
  )
}

/** Copies of twenty videos, a folder for each round. */
async function placeObjects (): Promise<string[][]> {
  const videos = await makeSmallVideos(scratch, ffmpeg)
  for (const path of videos) await store.upload(path, `originals/${basename(path)}`)
  const folders = Array.from({ length: rounds }, (_, round) =>
    Array.from({ length: perRound }, (_, number) => {
      const name = basename(videos[number % videos.length]!)
      return { from: `originals/${name}`, key: `objects/${round}/${String(number).padStart(4, '0')}-${name}` }
    })
  )
  const waiting = folders.flat()
  await Promise.all(
    Array.from({ length: COPIES_AT_ONCE }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await store.copy(next.from, next.key)
    })
  )
  return folders.map((folder) => folder.map(({ key }) => key))
}

function report (line: string): void {
  process.stdout.write(`${line}\n`)
}
