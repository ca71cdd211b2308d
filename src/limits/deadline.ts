import { isPosterframeError, PosterframeError } from '../errors.ts'

const RETRY_AFTER_SECONDS = 10

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

/**
 * Returns the error of a task that had not begun when its signal aborted: `overloaded` if its time was up, because that
 * says nothing about the task, and otherwise the signal's reason.
 */
export function unbegunError (signal: AbortSignal): Error {
  const reason = signal.reason as Error
  if (!isPosterframeError(reason, 'timed_out')) return reason
  return new PosterframeError('overloaded', {
    detail: 'The machine was too busy to begin within the time limit. Try again later.',
    cause: reason,
    retryAfterSeconds: RETRY_AFTER_SECONDS
  })
}
