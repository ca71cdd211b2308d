import { expectedBarcode, type Input } from '../inputs/inputs.ts'
import type { InputInfo, Target } from '../inputs/targets.ts'
import { type Posterframe, requestThumbnail, type Seek } from '../support/posterframe.ts'
import { observe, type Observation } from '../support/process-cost.ts'
import { measureLowerBound, type LowerBound } from './lower-bound.ts'
import type { BenchOptions } from './options.ts'
import { contestantOf, measurePosterframe } from './posterframe-contestants.ts'
import { runOnDownload, runOnUrl, type ProgramTools } from './program-contestants.ts'
import type { InputResult } from './results.ts'
import type { IndexState, Sample } from './sample.ts'

/** Context shared by all trials. */
export interface Bench {
  readonly options: BenchOptions
  readonly tools: ProgramTools
  readonly service: Posterframe
  /** The service with libav; undefined if libav is not installed or not requested. */
  readonly libavService: Posterframe | undefined
  readonly say: (line: string) => void
}

const SEEKS = ['keyframe', 'exact'] as const
const DOWNLOAD_CONTESTANTS = [
  'ffmpegDownloadOutputSeek',
  'ffmpegDownloadInputSeek',
  'ffmpegthumbnailerDownload'
] as const

/** Runs every contestant on one input. They take turns, so that a disturbance of the machine affects all of them. */
export async function tryInput (bench: Bench, input: Input, path: string, info: InputInfo): Promise<InputResult> {
  const { options, tools, say, service, libavService } = bench
  const { contestants } = options
  const samples: Sample[] = []
  const problems: string[] = []
  const note = (problem: unknown) => {
    const text = problem instanceof Error ? problem.message : String(problem)
    if (!problems.includes(text)) problems.push(text)
    say(`  ! ${text}`)
  }
  const request = { input: input.name, key: input.file, target: info.first, framesPerSecond: info.framesPerSecond }
  const downloading = DOWNLOAD_CONTESTANTS.filter((contestant) => contestants.includes(contestant))
  for (let round = 0; round < options.repetitions; round++) {
    for (const seek of SEEKS) {
      const onUrl = seek === 'exact' ? 'ffmpegOnUrl' : 'ffmpegKeyFrameOnUrl'
      const turns = [
        ...(contestants.includes(onUrl) ? [() => runOnUrl(tools, request, onUrl)] : []),
        ...[service, libavService].flatMap((one) =>
          one === undefined || !contestants.includes(contestantOf(one))
            ? []
            : [() => measureColdThenWarm(bench, one, { input, info, seek, round })]
        )
      ]
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) {
        await turn().then((measured) => {
          samples.push(...measured)
        }, note)
      }
    }
    if (round < options.downloadRepetitions && downloading.length > 0) {
      await runOnDownload(tools, request, downloading).then((measured) => {
        samples.push(...measured)
      }, note)
    }
    say(`  round ${round + 1} of ${options.repetitions}: ${describeLatest(samples)}`)
  }
  for (const problem of findWrongFrames(samples, input, info)) note(problem)
  const observations: Partial<Record<Seek, Observation>> = {}
  const lowerBounds: Partial<Record<Seek, LowerBound>> = {}
  for (const seek of SEEKS) {
    const { ffmpeg, scratch } = tools
    lowerBounds[seek] = await measureLowerBound(path, { target: info.first, seek, ffmpeg, scratch })
    if (contestants.includes('posterframeFfmpeg')) {
      await observePosterframe(bench, input, info, seek).then((observation) => {
        observations[seek] = observation
      }, note)
    }
  }
  const { name, minutes, layout, about } = input
  return {
    input: { name, minutes, layout, about },
    info,
    samples: samples.map((sample) => withScratch(sample, observations)),
    observations,
    lowerBounds,
    problems
  }
}

interface Turn {
  readonly input: Input
  readonly info: InputInfo
  readonly seek: Seek
  readonly round: number
}

/** Measures a request for a copy of the video, whose index is in no cache, and a second request that finds it there. */
async function measureColdThenWarm (
  { tools: { store } }: Bench,
  service: Posterframe,
  { input, info, seek, round }: Turn
): Promise<Sample[]> {
  const key = `cold/${contestantOf(service)}-${seek}-${round}/${input.file}`
  await store.copy(input.file, key)
  const requests: ReadonlyArray<readonly [IndexState, Target]> = [
    ['cold', info.first],
    ['warm', info.second]
  ]
  const samples: Sample[] = []
  for (const [index, target] of requests) {
    const atSeconds = target.frameSeconds + 0.4 / info.framesPerSecond
    samples.push(await measurePosterframe(store, service, { input: input.name, key, atSeconds, seek, index }))
  }
  return samples
}

/** Lists thumbnails of a wrong frame. ffmpegthumbnailer takes whole seconds only, so it may show another frame. */
function findWrongFrames (
  samples: readonly Sample[],
  input: Input,
  { first, second, framesPerSecond }: InputInfo
): string[] {
  return samples.flatMap(({ contestant, seek, index, barcode }) => {
    const target = index === 'warm' ? second : first
    const seconds = seek === 'exact' ? target.frameSeconds : target.keySeconds
    const expected = expectedBarcode(input, seconds, framesPerSecond)
    return barcode === null || barcode === expected || contestant === 'ffmpegthumbnailerDownload'
      ? []
      : [`${contestant}, ${seek}: the thumbnail shows frame ${barcode}, not ${expected}`]
  })
}

async function observePosterframe (
  { tools: { store }, service }: Bench,
  input: Input,
  info: InputInfo,
  seek: Seek
): Promise<Observation> {
  const key = `observed/${seek}/${input.file}`
  await store.copy(input.file, key)
  return await observe(service.pid, service.scratch, () =>
    requestThumbnail(service.base, { key, atSeconds: info.first.frameSeconds, seek })
  )
}

function withScratch (sample: Sample, observations: Partial<Record<Seek, Observation>>): Sample {
  if (sample.contestant !== 'posterframeFfmpeg') return sample
  return { ...sample, scratchBytes: observations[sample.seek]?.scratchBytes ?? NaN }
}

function describeLatest (samples: readonly Sample[]): string {
  const latest = new Map<string, Sample>()
  for (const sample of samples) {
    latest.set([sample.contestant, sample.index, sample.seek].filter(Boolean).join(' '), sample)
  }
  return [...latest]
    .map(([name, { ms, isTimedOut }]) => `${name} ${isTimedOut ? '>' : ''}${Math.round(ms)} ms`)
    .join(', ')
}
