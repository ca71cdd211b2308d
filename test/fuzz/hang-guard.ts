// Ends this process if a case takes too long. It runs in another thread, because an endless loop blocks its own.
import { Worker } from 'node:worker_threads'

/** A thread that watches the cases of a target. */
export interface HangGuard {
  /** Has to be called before each case. */
  begin(seed: number): void
  end(): Promise<unknown>
}

/** Starts a guard that prints the seed of a case that does not end, and then kills the process. */
export function startHangGuard (name: string, afterMs = 30_000): HangGuard {
  const shared = new BigInt64Array(new SharedArrayBuffer(16))
  const code = `
    const { workerData: { shared, name, afterMs } } = require('node:worker_threads')
    const { writeSync } = require('node:fs')
    let last, since = Date.now()
    setInterval(() => {
      const count = Atomics.load(shared, 0)
      if (count !== last) { last = count; since = Date.now() }
      if (Date.now() - since < afterMs) return
      writeSync(2, 'target ' + name + ': the case with seed ' + Atomics.load(shared, 1) + ' does not end\\n')
      process.kill(process.pid, 'SIGKILL')
    }, 1000)`
  const worker = new Worker(code, { eval: true, workerData: { shared, name, afterMs } })
  worker.unref()
  return {
    begin (seed) {
      Atomics.store(shared, 1, BigInt(seed))
      Atomics.add(shared, 0, 1n)
    },
    end: () => worker.terminate()
  }
}
