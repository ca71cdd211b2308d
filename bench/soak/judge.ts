import { findMedian } from '../support/statistics.ts'
import { NO_RESPONSE } from './traffic.ts'

/** Resources of the service at one time. */
export interface SoakSample {
  /** Resident memory of the service. */
  readonly memoryBytes: number
  /** Resident memory of its descendants. */
  readonly childBytes: number
  readonly descriptors: number
  readonly scratchEntries: number
}

/** The judgement of one condition. */
export interface SoakVerdict {
  readonly condition: string
  readonly limit: string
  readonly measured: string
  readonly isHeld: boolean
}

/** Everything observed during a soak. */
export interface SoakOutcome {
  readonly samples: readonly SoakSample[]
  /** Responses by kind of traffic and status. */
  readonly responses: ReadonlyArray<{ readonly kind: string, readonly status: number, readonly count: number }>
  /** Entries of the scratch directory after the traffic. */
  readonly leftOnScratch: number
  readonly isHealthy: boolean
  /** How the processes of the service were limited at the end, or why they were not. */
  readonly pidsLimit: string
  /** Latency of hits under load, in milliseconds. */
  readonly hits: { readonly p50: number, readonly p99: number, readonly count: number, readonly errors: number }
}

const MAX_GROWTH = 1.15
const MAX_NEW_DESCRIPTORS = 10

/** Kinds of traffic that send good videos only. */
const HONEST = ['hit', 'miss', 'upload', 'flood', 'pids limit']

/**
 * Judges a soak. Memory and descriptors have to be flat: the medians of the last third of the samples are compared with
 * those of the first.
 */
export function judgeSoak ({ samples, responses, leftOnScratch, isHealthy, hits }: SoakOutcome): SoakVerdict[] {
  const third = Math.floor(samples.length / 3)
  const [first, last] = [samples.slice(0, third), samples.slice(-third)]
  const medians = (read: (sample: SoakSample) => number) =>
    [findMedian(first.map(read)), findMedian(last.map(read))] as const
  const memory = medians(({ memoryBytes }) => memoryBytes)
  const descriptors = medians((sample) => sample.descriptors)
  const failures = responses
    .filter(({ status }) => status === NO_RESPONSE || (status >= 500 && status !== 503))
    .reduce((sum, { count }) => sum + count, hits.errors)
  const verdicts = responses
    .filter(({ kind, status }) => HONEST.includes(kind) && status >= 400 && status < 500 && status !== 429)
    .reduce((sum, { count }) => sum + count, 0)
  return [
    {
      condition: 'memory of the service, median of the last third over that of the first',
      limit: `<= ${MAX_GROWTH}`,
      measured: `${(memory[1] / memory[0]).toFixed(3)} (${toMib(memory[0])} and ${toMib(memory[1])} MiB)`,
      isHeld: memory[1] <= memory[0] * MAX_GROWTH
    },
    {
      condition: 'open descriptors, median of the last third minus that of the first',
      limit: `<= ${MAX_NEW_DESCRIPTORS}`,
      measured: `${descriptors[1] - descriptors[0]} (${descriptors[0]} and ${descriptors[1]})`,
      isHeld: descriptors[1] - descriptors[0] <= MAX_NEW_DESCRIPTORS
    },
    {
      condition: '5xx responses other than 503, and requests without a response',
      limit: '0',
      measured: String(failures),
      isHeld: failures === 0
    },
    { condition: 'good videos that were rejected', limit: '0', measured: String(verdicts), isHeld: verdicts === 0 },
    {
      condition: 'left on scratch after the traffic',
      limit: '0',
      measured: String(leftOnScratch),
      isHeld: leftOnScratch === 0
    },
    { condition: 'healthy and ready afterwards', limit: 'yes', measured: isHealthy ? 'yes' : 'no', isHeld: isHealthy }
  ]
}

const toMib = (bytes: number) => Math.round(bytes / 2 ** 20)
