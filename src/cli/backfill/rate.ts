/** The rate of a backfill, and the time that remains at this rate. */
export interface Rate {
  readonly perSecond: number
  /** Undefined if the amount of remaining work is unknown, or if the rate is zero. */
  readonly secondsLeft: number | undefined
}

/** Estimates the current rate of some work. */
export interface RateEstimator {
  /**
   * Returns the rate of the last minute.
   *
   * @param processed number of items processed so far
   * @param remaining number of items that remain; undefined if that is unknown
   */
  measure(processed: number, remaining: number | undefined): Rate
}

/** Older samples are dropped, so that the rate follows a store that becomes slower or faster. */
const WINDOW_MS = 60_000

/** Creates an estimator that starts now. */
export function createRateEstimator (now: () => number = () => performance.now()): RateEstimator {
  const samples = [{ atMs: now(), processed: 0 }]
  return {
    measure (processed, remaining) {
      const atMs = now()
      samples.push({ atMs, processed })
      while (samples.length > 2 && atMs - samples[1]!.atMs >= WINDOW_MS) samples.shift()
      const first = samples[0]!
      const seconds = (atMs - first.atMs) / 1000
      const perSecond = seconds <= 0 ? 0 : (processed - first.processed) / seconds
      const secondsLeft = remaining === undefined || perSecond === 0 ? undefined : remaining / perSecond
      return { perSecond, secondsLeft }
    }
  }
}

/** Formats a duration for people: `45 s`, `12 min`, `3 h 20 min`, `5 d 4 h`. */
export function formatDuration (seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 100) return `${whole} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 100) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}
