import { readFileSync } from 'node:fs'
import type { ProcessLimits } from '../../../sandbox/run-process.ts'

/** What a process has used up. */
export interface ProcessUse {
  readonly cpuSeconds: number
  /** Resident memory. */
  readonly memoryBytes: number
}

const LOOK_EVERY_MS = 200
/** USER_HZ of proc(5), 100 on every architecture of Linux. */
const TICKS_A_SECOND = 100

/**
 * Asks the kernel what a process has used, with those that it has started and that run; undefined where there is no
 * proc(5) or the process is gone. What runs in an isolation is a child of what isolates it.
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
    // The name, in brackets, may contain anything.
    const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
    const numbers = fields.split(' ').map(Number)
    // utime and stime are fields 14 and 15 of all, the state is the third.
    const [user = 0, system = 0] = numbers.slice(11, 13)
    const [, kibibytes = '0'] = /VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    return { cpuSeconds: (user + system) / TICKS_A_SECOND, memoryBytes: Number(kibibytes) * 1024 }
  } catch {
    return undefined
  }
}

/**
 * Watches what a process uses from now on and calls `onExcess` once where that is more than it may: limits of one
 * job, where the kernel's are those of a whole life. Where there is no proc(5), those of the kernel are all.
 *
 * @returns ends the watch
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
