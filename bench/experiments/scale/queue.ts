/** A queue and its workers. */
export interface QueueSettings {
  /** Messages per second at a time, in seconds from the start. */
  readonly arrivalsAt: (seconds: number) => number
  /** Number of workers at first, how many are added per minute while messages wait, and the maximum. */
  readonly workers: { readonly atFirst: number, readonly perMinute: number, readonly most: number }
  /** Time per message. */
  readonly serviceSeconds: number
  /** Limit of the store, in messages per second. */
  readonly ceilingPerSecond: number
  readonly seconds: number
}

/** State of the queue at the end of a step. */
export interface QueueState {
  readonly seconds: number
  readonly depth: number
  readonly workers: number
  readonly donePerSecond: number
  /** Age of the oldest message. */
  readonly oldestSeconds: number
}

const STEP_SECONDS = 1
/** Messages are a fluid here, so less than a millionth of one counts as none. */
const NOTHING = 1e-6

/**
 * Simulates a queue second by second, first in, first out, as a fluid: messages have no size, and the number of workers
 * grows evenly. It shrinks at the same rate when nothing waits.
 */
export function simulateQueue ({
  arrivalsAt,
  workers,
  serviceSeconds,
  ceilingPerSecond,
  seconds
}: QueueSettings): QueueState[] {
  const states: QueueState[] = []
  const waiting: Array<{ readonly since: number, count: number }> = []
  let depth = 0
  let busy = workers.atFirst
  for (let now = 0; now < seconds; now += STEP_SECONDS) {
    const arrived = Math.max(0, arrivalsAt(now)) * STEP_SECONDS
    if (arrived > 0) waiting.push({ since: now, count: arrived })
    depth += arrived
    const done = Math.min(depth, Math.min(busy / serviceSeconds, ceilingPerSecond) * STEP_SECONDS)
    takeOldest(waiting, done)
    depth -= done
    if (depth < NOTHING) {
      // A remainder of rounding would keep ageing.
      depth = 0
      waiting.length = 0
    }
    const grown =
      depth > 0 ? busy + (workers.perMinute / 60) * STEP_SECONDS : busy - (workers.perMinute / 60) * STEP_SECONDS
    busy = Math.min(workers.most, Math.max(workers.atFirst, grown))
    states.push({
      seconds: now + STEP_SECONDS,
      depth,
      workers: busy,
      donePerSecond: done / STEP_SECONDS,
      oldestSeconds: waiting[0] === undefined ? 0 : now + STEP_SECONDS - waiting[0].since
    })
  }
  return states
}

function takeOldest (waiting: Array<{ readonly since: number, count: number }>, done: number): void {
  for (let left = done; left > 0 && waiting[0] !== undefined;) {
    const [oldest] = waiting
    const taken = Math.min(left, oldest.count)
    oldest.count -= taken
    left -= taken
    if (oldest.count < NOTHING) waiting.shift()
  }
}

/** Returns the maxima of a simulation, and when the queue was empty for good; undefined if it never was. */
export function summarizeQueue (states: readonly QueueState[]): {
  readonly maxDepth: number
  readonly maxOldestSeconds: number
  readonly maxWorkers: number
  readonly drainedAtSeconds: number | undefined
} {
  const lastWaiting = states.findLastIndex(({ depth }) => depth > 0)
  const most = (name: 'depth' | 'oldestSeconds' | 'workers') =>
    states.reduce((highest, state) => Math.max(highest, state[name]), 0)
  return {
    maxDepth: most('depth'),
    maxOldestSeconds: most('oldestSeconds'),
    maxWorkers: most('workers'),
    drainedAtSeconds: lastWaiting === states.length - 1 ? undefined : states[lastWaiting + 1]?.seconds
  }
}

/** Returns the arrivals of an even stream of messages with a burst. */
export function burstArrivals ({
  perSecond,
  burstPerSecond,
  fromSeconds,
  forSeconds
}: {
  readonly perSecond: number
  readonly burstPerSecond: number
  readonly fromSeconds: number
  readonly forSeconds: number
}): (seconds: number) => number {
  return (seconds) => (seconds >= fromSeconds && seconds < fromSeconds + forSeconds ? burstPerSecond : perSecond)
}

/** Returns the arrivals of a day with `perDay` messages, most of them around its middle. */
export function dayArrivals (perDay: number): (seconds: number) => number {
  // The mean of 1 - cos is 1, so the sum is perDay.
  return (seconds) => (perDay / 86_400) * (1 - Math.cos((seconds / 86_400) * 2 * Math.PI))
}
