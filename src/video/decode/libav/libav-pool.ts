import type { WorkerEnd } from '../../../telemetry/recorder.ts'
import type { LibavProcess } from './libav-process.ts'

/** Workers for one job each at a time, so many at most as there are. */
export interface LibavPool {
  /** Whether a worker is at work. */
  readonly isBusy: boolean
  /**
   * Lends a worker for a task; one that is gone, spoilt, old or fat afterwards is replaced when it is needed. Waits
   * in turn for a free one.
   */
  withWorker<T>(signal: AbortSignal, use: (worker: LibavProcess) => Promise<T>): Promise<T>
  /** Starts all workers that are missing and waits until `greet` was answered by each. */
  warmUp(greet: (worker: LibavProcess) => Promise<unknown>): Promise<void>
  /** Kills all workers, and whoever holds one loses it. */
  close(): Promise<void>
}

/** How a pool treats its workers. */
export interface LibavPoolSettings {
  readonly size: number
  readonly start: () => LibavProcess
  /** After so many jobs a worker is replaced: what a file may have left in it ends there. */
  readonly maxJobs?: number
  /** A worker that holds more memory after a job is replaced. */
  readonly maxIdleBytes?: number
  /**
   * A worker that has used more CPU in its life is replaced, long before the kernel's limit would end it over a job.
   */
  readonly maxCpuSeconds?: number
  /** Told of each worker that is ended, and why. */
  readonly onEnd?: (reason: WorkerEnd) => void
}

/** Makes a pool; workers start as they are needed. */
export function createLibavPool ({
  size,
  start,
  maxJobs = 500,
  maxIdleBytes = 256 * 2 ** 20,
  maxCpuSeconds = 1800,
  onEnd = () => {}
}: LibavPoolSettings): LibavPool {
  const idle: LibavProcess[] = []
  const lent = new Set<LibavProcess>()
  const waiting: Array<() => void> = []
  let isClosed = false

  /** The right to a worker, not yet the worker: `lent` and `starting` together never pass `size`. */
  async function acquire (signal: AbortSignal): Promise<LibavProcess> {
    while (lent.size >= size) await waitForTurn(signal)
    if (isClosed) throw new Error('The workers are closed.')
    let worker = idle.pop()
    while (worker?.isGone === true) worker = idle.pop()
    worker ??= start()
    lent.add(worker)
    return worker
  }

  function waitForTurn (signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(go), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(go)
    })
  }

  async function release (worker: LibavProcess): Promise<void> {
    const reason = findEnd(worker)
    if (reason !== undefined) {
      onEnd(reason)
      await worker.end()
    }
    lent.delete(worker)
    if (reason === undefined) idle.push(worker)
    waiting.shift()?.()
  }

  /** Why a worker does no further job; undefined where it may. */
  function findEnd ({ use, isGone, isSpoilt, jobs }: LibavProcess): WorkerEnd | undefined {
    if (isClosed) return 'closed'
    if (isGone) return 'crashed'
    if (isSpoilt) return 'tainted'
    const isUsedUp =
      jobs >= maxJobs || (use !== undefined && (use.memoryBytes > maxIdleBytes || use.cpuSeconds > maxCpuSeconds))
    return isUsedUp ? 'retired' : undefined
  }

  return {
    get isBusy () {
      return lent.size > 0
    },

    async withWorker (signal, use) {
      signal.throwIfAborted()
      const worker = await acquire(signal)
      try {
        return await use(worker)
      } finally {
        await release(worker)
      }
    },

    async warmUp (greet) {
      const missing = Array.from({ length: Math.max(0, size - lent.size - idle.length) }, start)
      await Promise.all(
        missing.map(async (worker) => {
          await greet(worker)
          idle.push(worker)
        })
      )
    },

    async close () {
      isClosed = true
      await Promise.all([...idle.splice(0), ...lent].map((worker) => worker.end()))
    }
  }
}
