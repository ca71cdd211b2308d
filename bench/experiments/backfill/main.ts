// node bench/experiments/backfill/main.ts: `posterframe backfill` and a shell recipe on the same objects, in turn;
// writes BACKFILL.md.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { startStore } from '../../store/store.ts'
import { describeMachine } from '../../support/machine.ts'
import { buildPosterframe, ROOT } from '../../support/posterframe.ts'
import {
  type BackfillTools,
  type Contestant,
  CONTESTANTS,
  killAndResume,
  runCommand,
  runRecipe
} from './contestants.ts'
import { type BackfillRound, renderBackfill } from './page.ts'
import { makeSmallVideos } from './videos.ts'

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '10' },
    // The command with the ffmpeg program is the slowest and takes part only in the first rounds.
    'ffmpeg-rounds': { type: 'string', default: '3' },
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-bench') },
    output: { type: 'string', default: join(ROOT, 'bench/BACKFILL.md') }
  }
})

const roundCount = Number(options.rounds)
const perRound = Math.floor(Number(options.objects) / roundCount)
const ffmpeg = process.env['FFMPEG_PATH'] ?? '/usr/bin/ffmpeg'
const CONCURRENT_COPIES = 8

await mkdir(options.cache, { recursive: true })
const scratch = await mkdtemp(join(options.cache, 'backfill-'))
const machine = await describeMachine(ffmpeg)
await buildPosterframe()
const store = await startStore(options.cache)
try {
  const tools: BackfillTools = { store, ffmpeg, scratch, jobs: 2 }
  const keys = await placeObjects()
  const objects = keys.flat().length
  say(`${objects} objects`)
  const rounds: BackfillRound[] = []
  for (let round = 0; round < roundCount; round++) {
    const contestants = CONTESTANTS.filter((one) => one !== 'ffmpeg' || round < Number(options['ffmpeg-rounds']))
    // Another contestant is first in each round, because the order affects the state of the machine.
    const order = contestants.map((_, place) => contestants[(place + round) % contestants.length]!)
    for (const contestant of order) {
      const load = loadavg()[0] ?? NaN
      const ms = await measure(tools, contestant, round, keys[round]!)
      const perSecond = (keys[round]!.length / ms) * 1000
      rounds.push({ contestant, round, load, perSecond })
      say(`round ${round + 1}, ${contestant}: ${perSecond.toFixed(2)} objects/s at a load of ${load.toFixed(1)}`)
    }
  }
  const resumption = await killAndResume(
    tools,
    { decoder: 'libav', from: 'objects/', prefix: 'resumed/', journal: join(scratch, 'resumed.journal') },
    Math.floor(objects / 2)
  )
  say(JSON.stringify(resumption))
  await writeFile(options.output, renderBackfill({ machine, rounds, resumption, objects, perRound, jobs: tools.jobs }))
} finally {
  store.close()
  await rm(scratch, { recursive: true, force: true })
}

async function measure (
  tools: BackfillTools,
  contestant: Contestant,
  round: number,
  keys: readonly string[]
): Promise<number> {
  const prefix = `${contestant}/${round}/`
  if (contestant === 'recipe') return await runRecipe(tools, keys, prefix)
  const journal = join(scratch, `${contestant}-${round}.journal`)
  return await runCommand(tools, { decoder: contestant, from: `objects/${round}/`, prefix, journal }, keys.length)
}

/** Places copies of twenty videos below a prefix per round; returns the keys of each round. */
async function placeObjects (): Promise<string[][]> {
  const videos = await makeSmallVideos(scratch, ffmpeg)
  for (const path of videos) await store.upload(path, `originals/${basename(path)}`)
  const copies = Array.from({ length: roundCount }, (_, round) =>
    Array.from({ length: perRound }, (_, number) => {
      const name = basename(videos[number % videos.length]!)
      return { from: `originals/${name}`, key: `objects/${round}/${String(number).padStart(4, '0')}-${name}` }
    })
  )
  const queue = copies.flat()
  await Promise.all(
    Array.from({ length: CONCURRENT_COPIES }, async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) await store.copy(next.from, next.key)
    })
  )
  return copies.map((round) => round.map(({ key }) => key))
}

function say (line: string): void {
  process.stdout.write(`${line}\n`)
}
