import type { Floor } from './lower-bound.ts'
import type { Input } from '../inputs/inputs.ts'
import type { Sight } from '../support/process-cost.ts'
import type { ReferenceOnly } from '../reference-only.ts'
import { isOwn, type IndexState, type Sample, type Seek, type WayLetter } from './sample.ts'
import { findMean, findMedian, findP95 } from '../support/statistics.ts'
import type { InputFacts } from '../inputs/targets.ts'
import type { Throughput } from './throughput.ts'

/** Everything about one input. */
export interface InputResult {
  readonly input: Pick<Input, 'name' | 'minutes' | 'layout' | 'about'>
  readonly info: InputFacts
  readonly samples: readonly Sample[]
  /** What was seen of (e) in a run that was not timed. */
  readonly sights: Readonly<Partial<Record<Seek, Sight>>>
  readonly floors: Readonly<Partial<Record<Seek, Floor>>>
  /** Pictures that showed another frame than the wanted one, and questions that failed. */
  readonly troubles: readonly string[]
}

/** Everything that one run of the bench found out. */
export interface Results {
  readonly startedAt: string
  readonly command: string
  readonly machine: ReadonlyArray<readonly [what: string, value: string]>
  readonly inputs: readonly InputResult[]
  readonly throughput: Throughput | null
  readonly referenceOnly: readonly ReferenceOnly[]
}

/** A way's samples of one question in one line. */
export interface Summary extends Sample {
  readonly count: number
  readonly p95Ms: number
}

/** Which samples belong together. */
export interface Choice {
  readonly way: WayLetter
  readonly seek: Seek
  readonly index?: IndexState
}

/**
 * Medians of the samples of one question; CPU is the mean, since the kernel counts it in hundredths. Undefined
 * without any.
 */
export function summarize (
  { samples }: Pick<InputResult, 'samples'>,
  { way, seek, index }: Choice
): Summary | undefined {
  const own = samples.filter(
    (sample) => sample.way === way && sample.seek === seek && (!isOwn(way) || sample.index === (index ?? 'cold'))
  )
  const [any] = own
  if (any === undefined) return undefined
  const median = (read: (sample: Sample) => number) => findMedian(own.map(read))
  return {
    ...any,
    count: own.length,
    ms: median(({ ms }) => ms),
    p95Ms: findP95(own.map(({ ms }) => ms)),
    bytes: median(({ bytes }) => bytes),
    requests: median(({ requests }) => requests),
    runs: median(({ runs }) => runs),
    reads: median(({ reads }) => reads),
    roundTrips: median(({ roundTrips }) => roundTrips),
    cpuSeconds: findMean(own.map(({ cpuSeconds }) => cpuSeconds)),
    peakBytes: Math.max(...own.map(({ peakBytes }) => peakBytes)),
    isTimedOut: own.some(({ isTimedOut }) => isTimedOut),
    told: summarizeTold(own)
  }
}

function summarizeTold (samples: readonly Sample[]): Sample['told'] {
  const told = samples.flatMap((sample) => sample.told ?? [])
  const [any] = told
  if (any === undefined) return null
  const steps = Object.keys(any.stepsMs).map(
    (step) => [step, findMedian(told.map(({ stepsMs }) => stepsMs[step] ?? 0))] as const
  )
  return { ...any, bytesRead: findMedian(told.map(({ bytesRead }) => bytesRead)), stepsMs: Object.fromEntries(steps) }
}
