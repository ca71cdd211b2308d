/** Aborts `signal` once too little has arrived within the window that has just passed. */
export interface RateWatchdog {
  readonly signal: AbortSignal
  /** Counts bytes that have arrived. */
  readonly count: (bytes: number) => void
  /** Clears the timer; `signal` stays as it is. */
  readonly stop: () => void
}

/** Parts of a window: it slides by one of them at a time. */
const SLICES = 6

/**
 * Starts a watchdog over a stream that must not drip.
 *
 * @param windowMs length of the sliding window
 * @param minBytes bytes that must arrive within each window
 * @param createReason creates the reason that `signal` is aborted with
 */
export function startRateWatchdog (
  { windowMs, minBytes }: { readonly windowMs: number, readonly minBytes: number },
  createReason: () => Error
): RateWatchdog {
  const controller = new AbortController()
  const slices: number[] = []
  let current = 0
  const timer = setInterval(() => {
    slices.push(current)
    current = 0
    if (slices.length > SLICES) slices.shift()
    if (slices.length < SLICES || slices.reduce((sum, bytes) => sum + bytes, 0) >= minBytes) return
    clearInterval(timer)
    controller.abort(createReason())
  }, windowMs / SLICES)
  return {
    signal: controller.signal,
    count (bytes) {
      current += bytes
    },
    stop () {
      clearInterval(timer)
    }
  }
}
