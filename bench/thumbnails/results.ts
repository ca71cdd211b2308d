import type { Input } from '../inputs/inputs.ts'
import type { InputInfo } from '../inputs/targets.ts'
import type { Seek } from '../support/posterframe.ts'
import type { Observation } from '../support/process-cost.ts'
import { findMean, findMedian, findP95 } from '../support/statistics.ts'
import { type Contestant, isPosterframe } from './contestants.ts'
import type { LowerBound } from './lower-bound.ts'
import type { IndexState, Sample } from './sample.ts'
import type { Throughput } from './throughput.ts'

/** Everything measured on one input. */
export interface InputResult {
  readonly input: Pick<Input, 'name' | 'minutes' | 'layout' | 'about'>
  readonly info: InputInfo
  readonly samples: readonly Sample[]
  /** Peaks of `posterframeFfmpeg` in runs that were not timed. */
  readonly observations: Readonly<Partial<Record<Seek, Observation>>>
  readonly lowerBounds: Readonly<Partial<Record<Seek, LowerBound>>>
  /** Thumbnails that showed another frame than the requested one, and requests that failed. */
  readonly problems: readonly string[]
}

/** Everything measured in one run of the bench. */
export interface Results {
  readonly startedAt: string
  readonly command: string
  readonly machine: ReadonlyArray<readonly [name: string, value: string]>
  readonly inputs: readonly InputResult[]
  readonly throughput: Throughput | null
}

/** The samples of one choice, summed up. */
export interface Summary extends Sample {
  readonly count: number
  readonly p95Ms: number
}

/** Selects samples. */
export interface Choice {
  readonly contestant: Contestant
  readonly seek: Seek
  /** `cold` unless given; ignored for contestants other than Posterframe. */
  readonly index?: IndexState
}

/**
 * Returns the medians of the chosen samples; the mean of the CPU time, since the kernel counts it in hundredths; the
 * maximum of the memory. Undefined if there are no such samples.
 */
export function summarize (
  { samples }: Pick<InputResult, 'samples'>,
  { contestant, seek, index = 'cold' }: Choice
): Summary | undefined {
  const chosen = samples.filter(
    (sample) =>
      sample.contestant === contestant && sample.seek === seek && (!isPosterframe(contestant) || sample.index === index)
  )
  const [any] = chosen
  if (any === undefined) return undefined
  const median = (read: (sample: Sample) => number) => findMedian(chosen.map(read))
  return {
    ...any,
    count: chosen.length,
    ms: median(({ ms }) => ms),
    p95Ms: findP95(chosen.map(({ ms }) => ms)),
    bytes: median(({ bytes }) => bytes),
    requests: median(({ requests }) => requests),
    mergedRequests: median(({ mergedRequests }) => mergedRequests),
    videoReads: median(({ videoReads }) => videoReads),
    roundTrips: median(({ roundTrips }) => roundTrips),
    cpuSeconds: findMean(chosen.map(({ cpuSeconds }) => cpuSeconds)),
    peakBytes: Math.max(...chosen.map(({ peakBytes }) => peakBytes)),
    isTimedOut: chosen.some(({ isTimedOut }) => isTimedOut),
    report: summarizeReports(chosen)
  }
}

function summarizeReports (samples: readonly Sample[]): Sample['report'] {
  const reports = samples.flatMap(({ report }) => report ?? [])
  const [any] = reports
  if (any === undefined) return null
  const steps = Object.keys(any.stepsMs).map(
    (step) => [step, findMedian(reports.map(({ stepsMs }) => stepsMs[step] ?? 0))] as const
  )
  const bytesRead = findMedian(reports.map((report) => report.bytesRead))
  return { ...any, bytesRead, stepsMs: Object.fromEntries(steps) }
}
