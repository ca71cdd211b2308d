import { measureFloor, type Floor } from './lower-bound.ts'
import { expectCode, type Input } from '../inputs/inputs.ts'
import { watch, type Sight } from '../support/process-cost.ts'
import type { BenchOptions } from './options.ts'
import { ask, measurePosterframe, type Posterframe } from '../support/posterframe.ts'
import type { InputResult } from './results.ts'
import { runOnDownload, runOnUrl, type RivalTools } from './ffmpeg-contestants.ts'
import type { IndexState, Sample, Seek } from './sample.ts'
import type { InputFacts, Target } from '../inputs/targets.ts'

/** What all trials share. */
export interface Bench {
  readonly options: BenchOptions
  readonly tools: RivalTools
  readonly service: Posterframe
  /** The same with libav; undefined where that is not installed. */
  readonly withLibav: Posterframe | undefined
  readonly say: (line: string) => void
}

const SEEKS = ['keyframe', 'exact'] as const

/** Runs every way on one input, in turn, so that whatever disturbs the machine disturbs all of them. */
export async function tryInput (bench: Bench, input: Input, path: string, info: InputFacts): Promise<InputResult> {
  const { options, tools, say } = bench
  const samples: Sample[] = []
  const troubles: string[] = []
  const note = (trouble: unknown) => {
    const text = trouble instanceof Error ? trouble.message : String(trouble)
    if (!troubles.includes(text)) troubles.push(text)
    say(`  ! ${text}`)
  }
  const question = { input: input.name, key: input.file, target: info.first, framesPerSecond: info.framesPerSecond }
  const slowWays = (['a', 'b', 'd'] as const).filter((way) => options.ways.includes(way))
  for (let round = 0; round < options.repetitions; round++) {
    for (const seek of SEEKS) {
      const turns = [
        async () => {
          if (options.ways.includes('c')) {
            samples.push(...(await runOnUrl(tools, question, seek === 'exact' ? 'c' : 'k')))
          }
        },
        async () => {
          if (options.ways.includes('e')) {
            samples.push(...(await askColdThenWarm(bench, bench.service, { input, info, seek, round })))
          }
        },
        async () => {
          if (options.ways.includes('l') && bench.withLibav !== undefined) {
            samples.push(...(await askColdThenWarm(bench, bench.withLibav, { input, info, seek, round })))
          }
        }
      ]
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn().catch(note)
    }
    if (round < options.slowRepetitions && slowWays.length > 0) {
      await runOnDownload(tools, question, slowWays).then((slow) => {
        samples.push(...slow)
      }, note)
    }
    say(`  round ${round + 1} of ${options.repetitions}: ${describeLatest(samples)}`)
  }
  for (const trouble of findWrongPictures(samples, input, info)) note(trouble)
  const sights: Partial<Record<Seek, Sight>> = {}
  const floors: Partial<Record<Seek, Floor>> = {}
  for (const seek of SEEKS) {
    floors[seek] = await measureFloor(path, { target: info.first, seek, ffmpeg: tools.ffmpeg, scratch: tools.scratch })
    if (options.ways.includes('e')) {
      await watchPosterframe(bench, input, info, seek).then((sight) => {
        sights[seek] = sight
      }, note)
    }
  }
  const { name, minutes, layout, about } = input
  return {
    input: { name, minutes, layout, about },
    info,
    samples: samples.map((sample) => fillScratch(sample, sights)),
    sights,
    floors,
    troubles
  }
}

interface Turn {
  readonly input: Input
  readonly info: InputFacts
  readonly seek: Seek
  readonly round: number
}

/** A copy has a name of its own, so its index is in no cache; the second question finds it there. */
async function askColdThenWarm (
  { tools: { store } }: Bench,
  service: Posterframe,
  { input, info, seek, round }: Turn
): Promise<Sample[]> {
  const key = `cold/${service.way}-${seek}-${round}/${input.file}`
  await store.copy(input.file, key)
  const asked: ReadonlyArray<readonly [IndexState, Target]> = [
    ['cold', info.first],
    ['warm', info.second]
  ]
  const samples: Sample[] = []
  for (const [index, target] of asked) {
    const atSeconds = target.frameSeconds + 0.4 / info.framesPerSecond
    samples.push(await measurePosterframe(store, service, { input: input.name, key, atSeconds, seek, index }))
  }
  return samples
}

/** A way that is fast with another frame has not won. (d) knows whole seconds only, so it may show another. */
function findWrongPictures (
  samples: readonly Sample[],
  input: Input,
  { first, second, framesPerSecond }: InputFacts
): string[] {
  return samples.flatMap(({ way, seek, index, code }) => {
    const target = index === 'warm' ? second : first
    const expected = expectCode(input, seek === 'exact' ? target.frameSeconds : target.keySeconds, framesPerSecond)
    return code === null || code === expected || way === 'd'
      ? []
      : [`(${way}), ${seek}: the picture shows frame ${code}, not ${expected}`]
  })
}

async function watchPosterframe (
  { tools: { store }, service }: Bench,
  input: Input,
  info: InputFacts,
  seek: Seek
): Promise<Sight> {
  const key = `watched/${seek}/${input.file}`
  await store.copy(input.file, key)
  return await watch(service.pid, service.scratch, () =>
    ask(service.base, { key, atSeconds: info.first.frameSeconds, seek })
  )
}

function fillScratch (sample: Sample, sights: Partial<Record<Seek, Sight>>): Sample {
  return sample.way === 'e' ? { ...sample, scratchBytes: sights[sample.seek]?.scratchBytes ?? NaN } : sample
}

function describeLatest (samples: readonly Sample[]): string {
  const latest = new Map<string, Sample>()
  for (const sample of samples) latest.set([sample.way, sample.index, sample.seek].filter(Boolean).join(' '), sample)
  return [...latest]
    .map(([name, { ms, isTimedOut }]) => `${name} ${isTimedOut ? '>' : ''}${Math.round(ms)} ms`)
    .join(', ')
}
