import { PosterframeError } from '../errors.ts'

/** A time limit as an abort signal. */
export interface Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal
  /** Releases the timer and the listener on the parent signal. */
  clear(): void
}

/**
 * Starts the time limit of one request. The signal aborts with `timed_out` after `timeoutMs` milliseconds, or earlier
 * with the reason of `parent`.
 *
 * @param timeoutMs at most 2^31 - 1; 0 or less aborts at once
 */
export function startDeadline (timeoutMs: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController()
  const expire = () => {
    const detail = `The time limit of ${Math.max(0, timeoutMs)} ms was reached before the work was done.`
    controller.abort(new PosterframeError('timed_out', { detail }))
  }
  const follow = () => {
    controller.abort(parent?.reason)
  }
  if (parent?.aborted === true) follow()
  if (timeoutMs <= 0) expire()

  const timer = controller.signal.aborted ? undefined : setTimeout(expire, timeoutMs)
  parent?.addEventListener('abort', follow, { once: true })
  const clear = () => {
    clearTimeout(timer)
    parent?.removeEventListener('abort', follow)
  }
  controller.signal.addEventListener('abort', clear, { once: true })
  if (controller.signal.aborted) clear()
  return { signal: controller.signal, clear }
}
