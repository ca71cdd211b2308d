import { PosterframeError } from '../errors.ts'

/** A signal that aborts when the time is up; `clear` lets go of the timer and of the parent. */
export interface Deadline {
  readonly signal: AbortSignal
  clear(): void
}

/**
 * Starts the clock of one request. The signal aborts with `timed_out` after `timeoutMs` (at once where that is 0 or
 * less, at most 2^31 - 1), or before that with the reason of `parent`.
 */
export function startDeadline (timeoutMs: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController()
  const expire = () => {
    const detail = `It took longer than the ${Math.max(0, timeoutMs)} ms that are allowed.`
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
