import { readFileSync } from 'node:fs'

/** Resources that a process has used. */
export interface ProcessUse {
  readonly cpuSeconds: number
  /** Resident memory in bytes. */
  readonly memoryBytes: number
  /** True if it waits for a disk. */
  readonly isAtDisk: boolean
}

/** USER_HZ of proc(5), 100 on every architecture of Linux. */
const TICKS_A_SECOND = 100
const LOOK_EVERY_MS = 1000
/**
 * Less CPU time than this in 3 looks is that of a process that polls for something that never comes. A request may wait
 * for several such processes, one after the other, before its own deadline.
 */
const IDLE_CPU_SECONDS = 0.05
const IDLE_LOOKS = 3

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
        memoryBytes: sum.memoryBytes + use.memoryBytes,
        isAtDisk: sum.isAtDisk || use.isAtDisk
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
    return {
      cpuSeconds: (user + system) / TICKS_A_SECOND,
      memoryBytes: Number(kibibytes) * 1024,
      isAtDisk: fields.startsWith('D')
    }
  } catch {
    return undefined
  }
}

/**
 * Watches a process that should compute, and calls `onStuck` once if it has taken hardly any CPU time for 3 seconds.
 * If the machine cannot give them a thread, Node waits for it for ever when it starts, and ffmpeg takes the error for
 * a request to try again. Without proc(5) there is no watch.
 *
 * @returns a function that ends the watch
 */
export function watchProgress (pid: number | undefined, onStuck: () => void): () => void {
  if (pid === undefined) return () => {}
  let cpuSeconds = -Infinity
  let idleLooks = 0
  const timer = setInterval(() => {
    const use = readUse(pid)
    if (use === undefined) return
    if (use.isAtDisk || use.cpuSeconds - cpuSeconds >= IDLE_CPU_SECONDS) {
      idleLooks = 0
      cpuSeconds = use.cpuSeconds
    } else if (++idleLooks >= IDLE_LOOKS) {
      clearInterval(timer)
      onStuck()
    }
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
