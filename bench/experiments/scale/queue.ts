/** Messages that come, and whoever works on them. */
export interface QueueSetting {
  /** Messages a second at a moment, in seconds from the start. */
  readonly arrivalsAt: (seconds: number) => number
  /**
   * How many are worked on at once at first, how many more each minute while there is a queue, and how many at most.
   */
  readonly workers: { readonly atFirst: number, readonly perMinute: number, readonly most: number }
  /** How long one takes. */
  readonly serviceSeconds: number
  /** What the store carries, in messages a second. */
  readonly ceilingPerSecond: number
  readonly seconds: number
}

/** The queue at the end of a step. */
export interface QueueMoment {
  readonly seconds: number
  readonly depth: number
  readonly workers: number
  readonly donePerSecond: number
  /** How long the message has waited that is next. */
  readonly oldestSeconds: number
}

const STEP_SECONDS = 1
/** A message has no size, so a millionth of one is none. */
const NOTHING = 1e-6

/**
 * Follows a queue second by second, first come first served, as a fluid: messages have no size, and workers grow
 * evenly. They are given back at the same pace once nothing waits.
 */
export function simulateQueue ({
  arrivalsAt,
  workers,
  serviceSeconds,
  ceilingPerSecond,
  seconds
}: QueueSetting): QueueMoment[] {
  const moments: QueueMoment[] = []
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
      // What rounding left behind would have waited since the beginning.
      depth = 0
      waiting.length = 0
    }
    const grown =
      depth > 0 ? busy + (workers.perMinute / 60) * STEP_SECONDS : busy - (workers.perMinute / 60) * STEP_SECONDS
    busy = Math.min(workers.most, Math.max(workers.atFirst, grown))
    moments.push({
      seconds: now + STEP_SECONDS,
      depth,
      workers: busy,
      donePerSecond: done / STEP_SECONDS,
      oldestSeconds: waiting[0] === undefined ? 0 : now + STEP_SECONDS - waiting[0].since
    })
  }
  return moments
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

/**
 * What is told of a run: the worst of it, and when the queue was empty again for good; undefined where it never was.
 */
export function summarizeQueue (moments: readonly QueueMoment[]): {
  readonly maxDepth: number
  readonly maxOldestSeconds: number
  readonly maxWorkers: number
  readonly drainedAtSeconds: number | undefined
} {
  const lastWaiting = moments.findLastIndex(({ depth }) => depth > 0)
  const most = (name: 'depth' | 'oldestSeconds' | 'workers') =>
    moments.reduce((highest, moment) => Math.max(highest, moment[name]), 0)
  return {
    maxDepth: most('depth'),
    maxOldestSeconds: most('oldestSeconds'),
    maxWorkers: most('workers'),
    drainedAtSeconds: lastWaiting === moments.length - 1 ? undefined : moments[lastWaiting + 1]?.seconds
  }
}

/** Messages that come evenly, and in a burst of some minutes many more. */
export function planBurst ({
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

/** Messages of a day: as many as `perDay`, most of them around its middle. */
export function planDay (perDay: number): (seconds: number) => number {
  // The mean of 1 - cos is 1, so the sum stays what it is.
  return (seconds) => (perDay / 86_400) * (1 - Math.cos((seconds / 86_400) * 2 * Math.PI))
}
