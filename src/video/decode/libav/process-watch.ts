import { readFileSync } from 'node:fs'
import type { ProcessLimits } from '../../../sandbox/run-process.ts'

/** Resources that a process has used. */
export interface ProcessUse {
  readonly cpuSeconds: number
  /** Resident memory in bytes. */
  readonly memoryBytes: number
}

const LOOK_EVERY_MS = 200
/** USER_HZ of proc(5), 100 on every architecture of Linux. */
const TICKS_A_SECOND = 100

/**
 * Reads the resources that a process and its running children have used from proc(5); undefined if there is no
 * proc(5) or the process is gone. A sandboxed process is a child of its sandbox.
 */
export function readUse (pid: number): ProcessUse | undefined {
  const own = readOwnUse(pid)
  if (own === undefined) return undefined
  return readChildren(pid)
    .map(readUse)
    .filter((use) => use !== undefined)
    .reduce(
      (sum, use) => ({
        cpuSeconds: sum.cpuSeconds + use.cpuSeconds,
        memoryBytes: sum.memoryBytes + use.memoryBytes
      }),
      own
    )
}

function readChildren (pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function readOwnUse (pid: number): ProcessUse | undefined {
  try {
    // The process name, in parentheses, may contain anything.
    const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
    const numbers = fields.split(' ').map(Number)
    // utime and stime are fields 14 and 15; the state is field 3.
    const [user = 0, system = 0] = numbers.slice(11, 13)
    const [, kibibytes = '0'] = /VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    return { cpuSeconds: (user + system) / TICKS_A_SECOND, memoryBytes: Number(kibibytes) * 1024 }
  } catch {
    return undefined
  }
}

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
