import { readFileSync, readdirSync } from 'node:fs'

/** What a process and those that it started used while it was watched. */
export interface WatchedUse {
  /** Of all of them, ended ones too. */
  readonly cpuSeconds: number
  /** The most resident memory that one of those below it was seen to have. */
  readonly peakChildBytes: number
}

const LOOK_EVERY_MS = 20
const TICKS_A_SECOND = 100

/** Watches a process and those below it, by proc(5), until it is stopped. */
export function watchUse (pid: number): { stop: () => WatchedUse } {
  const before = readCpuSeconds(pid)
  let peakChildBytes = 0
  const timer = setInterval(() => {
    for (const child of listDescendants(pid)) peakChildBytes = Math.max(peakChildBytes, readPeakBytes(child))
  }, LOOK_EVERY_MS)
  return {
    stop () {
      clearInterval(timer)
      return { cpuSeconds: readCpuSeconds(pid) - before, peakChildBytes }
    }
  }
}

/** The processes below one. */
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

/** With the children that have ended and were waited for: fields 14 to 17 of proc(5). */
function readCpuSeconds (pid: number): number {
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
  return (
    fields
      .split(' ')
      .slice(11, 15)
      .reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_A_SECOND
  )
}

function readPeakBytes (pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
