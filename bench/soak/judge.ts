import { NO_ANSWER } from './traffic.ts'
import { findMedian } from '../support/statistics.ts'

/** What the service held at a moment. */
export interface SoakSample {
  /** Resident, of the service. */
  readonly memoryBytes: number
  /** Resident, of what it had started. */
  readonly childBytes: number
  readonly descriptors: number
  readonly scratchEntries: number
}

/** One condition of the soak. */
export interface SoakVerdict {
  readonly what: string
  readonly bar: string
  readonly measured: string
  readonly isHeld: boolean
}

/** All that a soak saw. */
export interface SoakOutcome {
  readonly samples: readonly SoakSample[]
  /** How often each kind of traffic got each status. */
  readonly answers: ReadonlyArray<{ readonly kind: string, readonly status: number, readonly count: number }>
  /** When the traffic is over. */
  readonly leftOnScratch: number
  readonly isHealthy: boolean
  /** Of hits under load, milliseconds. */
  readonly hits: { readonly p50: number, readonly p99: number, readonly count: number, readonly errors: number }
}

const MOST_GROWTH = 1.15
const MOST_NEW_DESCRIPTORS = 10

/**
 * Holds what was seen against what must hold. Memory and descriptors are flat if the last third is like the one
 * before.
 */
export function judgeSoak ({ samples, answers, leftOnScratch, isHealthy, hits }: SoakOutcome): SoakVerdict[] {
  const third = Math.floor(samples.length / 3)
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)]
  const median = (part: readonly SoakSample[], read: (sample: SoakSample) => number) => findMedian(part.map(read))
  const memory = [
    median(middle, ({ memoryBytes }) => memoryBytes),
    median(last, ({ memoryBytes }) => memoryBytes)
  ] as const
  const descriptors = [
    median(middle, (sample) => sample.descriptors),
    median(last, (sample) => sample.descriptors)
  ] as const
  const bad = answers
    .filter(({ status }) => status === NO_ANSWER || (status >= 500 && status !== 503))
    .reduce((sum, { count }) => sum + count, hits.errors)
  return [
    {
      what: 'memory of the service, last third over the one before',
      bar: `<= ${MOST_GROWTH}`,
      measured: `${(memory[1] / memory[0]).toFixed(3)} (${toMib(memory[0])} and ${toMib(memory[1])} MiB)`,
      isHeld: memory[1] <= memory[0] * MOST_GROWTH
    },
    {
      what: 'open descriptors, last third less the one before',
      bar: `<= ${MOST_NEW_DESCRIPTORS}`,
      measured: `${descriptors[1] - descriptors[0]} (${descriptors[0]} and ${descriptors[1]})`,
      isHeld: descriptors[1] - descriptors[0] <= MOST_NEW_DESCRIPTORS
    },
    {
      what: 'answers of 5xx but 503, and requests without an answer',
      bar: '0',
      measured: String(bad),
      isHeld: bad === 0
    },
    {
      what: 'left on scratch when the traffic is over',
      bar: '0',
      measured: String(leftOnScratch),
      isHeld: leftOnScratch === 0
    },
    { what: 'healthy and ready afterwards', bar: 'yes', measured: isHealthy ? 'yes' : 'no', isHeld: isHealthy }
  ]
}

const toMib = (bytes: number) => Math.round(bytes / 2 ** 20)
