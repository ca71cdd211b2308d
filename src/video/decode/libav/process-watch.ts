import { readUse } from '../../../sandbox/process-use.ts'
import type { ProcessLimits } from '../../../sandbox/run-process.ts'

const LOOK_EVERY_MS = 200

/**
 * Watches the resources of a process from now on and calls `onExcess` once if they exceed the limits of one job; the
 * kernel limits apply to its whole life. Without proc(5) only the kernel limits apply.
 *
 * @returns a function that ends the watch
 */
export function watchProcess (pid: number, limits: ProcessLimits, onExcess: () => void): () => void {
  const before = readUse(pid)?.cpuSeconds ?? 0
  const timer = setInterval(() => {
    const use = readUse(pid)
    if (use === undefined || (use.cpuSeconds - before <= limits.cpuSeconds && use.memoryBytes <= limits.memoryBytes)) {
      return
    }
    clearInterval(timer)
    onExcess()
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
