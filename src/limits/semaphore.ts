import { PosterframeError } from '../errors.ts'

/** The right to run one decode, given to so many at once; others wait in a bounded queue, first come first served. */
export interface Semaphore {
  /**
   * Runs `task` in a slot, as soon as there is one.
   *
   * @throws PosterframeError `overloaded` at once where the queue is full; the signal's reason where it aborts before
   * the task has begun. Afterwards the task minds the signal itself, and keeps its slot until it has settled.
   */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T>
  /** How many tasks have a slot. */
  readonly running: number
  /** How many wait for one. */
  readonly waiting: number
}

/** `slots` tasks at once (1 or more), and `queue` more that may wait (0 or more). */
export function createSemaphore ({ slots, queue }: { readonly slots: number, readonly queue: number }): Semaphore {
  const waiters = new Set<() => void>()
  let running = 0

  async function take (signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (running < slots) {
      running++
      return
    }
    if (waiters.size >= queue) throw overloadError()
    await wait(signal)
  }

  function wait (signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        waiters.delete(begin)
        reject(signal.reason as Error)
      }
      const begin = () => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      signal.addEventListener('abort', giveUp, { once: true })
      waiters.add(begin)
    })
  }

  /** Hands the slot to the next in the queue: `running` stays, so that no newcomer can slip in between. */
  function giveBack (): void {
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
      detail: 'All slots are taken and the queue is full.',
      // A decode takes about a second.
      retryAfterSeconds: Math.ceil((waiters.size + 1) / slots)
    })
  }

  return {
    async run (signal, task) {
      await take(signal)
      try {
        signal.throwIfAborted()
        return await task()
      } finally {
        giveBack()
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
