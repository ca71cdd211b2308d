/** How fast it goes, and how long it will take. */
export interface Rate {
  readonly perSecond: number
  /** Undefined where it is not known how much there is, or nothing moves. */
  readonly secondsLeft: number | undefined
}

/** Tells how fast something goes by what it did lately. */
export interface RateEstimator {
  /**
   * @param worked how many were worked on so far  @param left how many are still to come; undefined where nobody
   * knows
   */
  measure(worked: number, left: number | undefined): Rate
}

/** What was long ago says nothing of a store that has become slow. */
const WINDOW_MS = 60_000

/** Begins now. */
export function createRateEstimator (now: () => number = () => performance.now()): RateEstimator {
  const samples = [{ atMs: now(), worked: 0 }]
  return {
    measure (worked, left) {
      const atMs = now()
      samples.push({ atMs, worked })
      while (samples.length > 2 && atMs - samples[1]!.atMs >= WINDOW_MS) samples.shift()
      const first = samples[0]!
      const seconds = (atMs - first.atMs) / 1000
      const perSecond = seconds <= 0 ? 0 : (worked - first.worked) / seconds
      return { perSecond, secondsLeft: left === undefined || perSecond === 0 ? undefined : left / perSecond }
    }
  }
}

/** A time as people read it: `45 s`, `12 min`, `3 h 20 min`, `5 d 4 h`. */
export function formatDuration (seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 100) return `${whole} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 100) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}
