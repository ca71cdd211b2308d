import { readFileSync, readdirSync } from 'node:fs'

/** Resource usage of a process and its descendants while it was watched. */
export interface WatchedUse {
  /** CPU time of the process and all descendants, including exited ones. */
  readonly cpuSeconds: number
  /** Largest peak of resident memory of a single descendant. */
  readonly peakChildBytes: number
}

const POLL_INTERVAL_MS = 20
const TICKS_PER_SECOND = 100

/** Watches a process and its descendants, using proc(5), until `stop` is called. */
export function watchUse (pid: number): { stop: () => WatchedUse } {
  const before = readCpuSeconds(pid)
  let peakChildBytes = 0
  const timer = setInterval(() => {
    for (const child of listDescendants(pid)) peakChildBytes = Math.max(peakChildBytes, readPeakBytes(child))
  }, POLL_INTERVAL_MS)
  return {
    stop () {
      clearInterval(timer)
      return { cpuSeconds: readCpuSeconds(pid) - before, peakChildBytes }
    }
  }
}

/** Returns the descendants of a process. */
export function listDescendants (pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    )
    return children.flatMap((child) => [child, ...listDescendants(child)])
  } catch {
    return []
  }
}

/** Returns the CPU time, including that of children that were waited for: fields 14 to 17 of proc(5). */
function readCpuSeconds (pid: number): number {
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
  return (
    fields
      .split(' ')
      .slice(11, 15)
      .reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND
  )
}

function readPeakBytes (pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
