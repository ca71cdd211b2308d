import { PosterframeError } from '../errors.ts'
import { unbegunError } from './deadline.ts'

/** A bounded number of slots, each the right to run one task; other tasks wait in a bounded queue, oldest first. */
export interface Semaphore {
  /**
   * Runs `task` as soon as a slot is free. Once it has begun, the task must observe the signal itself; it keeps its
   * slot until it has settled.
   *
   * @throws PosterframeError `overloaded` at once if the queue is full, and if the time is up before the task has
   * begun; the signal's reason if it aborts before that for another one
   */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T>
  /** Number of tasks that have a slot. */
  readonly running: number
  /** Number of tasks in the queue. */
  readonly waiting: number
}

/** Creates a semaphore with `slots` slots (1 or more) and `queue` places in its queue (0 or more). */
export function createSemaphore ({ slots, queue }: { readonly slots: number, readonly queue: number }): Semaphore {
  const waiters = new Set<() => void>()
  let running = 0

  async function acquire (signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (running < slots) {
      running++
      return
    }
    if (waiters.size >= queue) throw overloadError()
    await waitForSlot(signal)
  }

  function waitForSlot (signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiters.delete(enter)
        reject(unbegunError(signal))
      }
      const enter = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      signal.addEventListener('abort', leave, { once: true })
      waiters.add(enter)
    })
  }

  /** Hands the slot to the first waiter. `running` does not change then, so that no newcomer can overtake it. */
  function release (): void {
    const [next] = waiters
    if (next === undefined) {
      running--
      return
    }
    waiters.delete(next)
    next()
  }

  function overloadError (): PosterframeError {
    return new PosterframeError('overloaded', {
      detail: `All ${slots} slots are busy and the queue of ${queue} is full. Try again later.`,
      // A task takes about a second.
      retryAfterSeconds: Math.ceil((waiters.size + 1) / slots)
    })
  }

  return {
    async run (signal, task) {
      await acquire(signal)
      try {
        signal.throwIfAborted()
        return await task()
      } finally {
        release()
      }
    },
    get running () {
      return running
    },
    get waiting () {
      return waiters.size
    }
  }
}
