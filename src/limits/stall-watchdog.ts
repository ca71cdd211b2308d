/** Aborts `signal` once nothing has arrived for the idle time. */
export interface StallWatchdog {
  readonly signal: AbortSignal
  /** Restarts the idle time: something has arrived. */
  readonly postpone: () => void
  /** Clears the timer; `signal` stays as it is. */
  readonly stop: () => void
}

/**
 * Starts a watchdog over a stream that may be slow but must not stall.
 *
 * @param createReason creates the reason that `signal` is aborted with
 */
export function startStallWatchdog (idleMs: number, createReason: () => Error): StallWatchdog {
  const controller = new AbortController()
  const start = () =>
    setTimeout(() => {
      controller.abort(createReason())
    }, idleMs)
  let timer: NodeJS.Timeout | undefined = start()
  return {
    signal: controller.signal,
    postpone () {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = start()
    },
    stop () {
      clearTimeout(timer)
      timer = undefined
    }
  }
}
