import type { WorkerEnd } from '../../../telemetry/recorder.ts'
import { unbegunError } from '../../../limits/deadline.ts'
import type { LibavProcess } from './libav-process.ts'

/** A pool of workers, each of which runs one job at a time. */
export interface LibavPool {
  /** True if a worker is busy. */
  readonly isBusy: boolean
  /**
   * Lends a worker for a task, waiting in line for a free one. A worker that afterwards is gone, tainted, old or too
   * large is replaced when needed.
   */
  withWorker<T>(signal: AbortSignal, use: (worker: LibavProcess) => Promise<T>): Promise<T>
  /**
   * Starts all missing workers and waits until each has responded to `greet`. One that does not is ended, and started
   * again when it is needed.
   */
  warmUp(greet: (worker: LibavProcess) => Promise<unknown>): Promise<void>
  /** Kills all workers, including lent ones. */
  close(): Promise<void>
}

/** Settings of a pool. */
export interface LibavPoolSettings {
  readonly size: number
  readonly start: () => LibavProcess
  /** A worker is replaced after so many jobs, which limits what a file can leave behind. */
  readonly maxJobs?: number
  /** A worker with more memory after a job is replaced. */
  readonly maxIdleBytes?: number
  /**
   * A worker that has used more CPU time in total is replaced, well before the kernel's limit would end it during a
   * job.
   */
  readonly maxCpuSeconds?: number
  /** Called for each ended worker, with the reason. */
  readonly onEnd?: (reason: WorkerEnd) => void
}

/** Returns a pool; workers start on demand. */
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

  /** Grants the right to a worker before the worker exists: `lent` and `starting` together never exceed `size`. */
  async function acquire (signal: AbortSignal): Promise<LibavProcess> {
    while (lent.size >= size) await waitForTurn(signal)
    if (isClosed) throw new Error('The workers are closed.')
    let worker = idle.pop()
    while (worker?.isGone === true) worker = idle.pop()
    worker ??= startOrYield()
    lent.add(worker)
    return worker
  }

  /** Starts a worker; if the machine cannot, the next in line tries, because no release would wake it. */
  function startOrYield (): LibavProcess {
    try {
      return start()
    } catch (error) {
      waiting.shift()?.()
      throw error
    }
  }

  function waitForTurn (signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(go), 1)
        reject(unbegunError(signal))
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

  /** Returns the reason to retire a worker; undefined if it may continue. */
  function findEnd ({ use, isGone, isTainted, jobs }: LibavProcess): WorkerEnd | undefined {
    if (isClosed) return 'closed'
    if (isGone) return 'crashed'
    if (isTainted) return 'tainted'
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
      await Promise.allSettled(
        Array.from({ length: Math.max(0, size - lent.size - idle.length) }, async () => {
          const worker = start()
          try {
            await greet(worker)
            idle.push(worker)
          } catch {
            await worker.end()
          }
        })
      )
    },

    async close () {
      isClosed = true
      await Promise.all([...idle.splice(0), ...lent].map((worker) => worker.end()))
    }
  }
}
