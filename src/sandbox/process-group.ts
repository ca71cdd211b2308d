import type { ChildProcess } from 'node:child_process'
import type { ProcessMark } from './left-processes.ts'

/**
 * Time that the outputs of a process may stay open after its end. Its group is gone by then, so that only a process
 * that left the group, and was not found, can hold them.
 */
const CLOSE_AFTER_MS = 1000

/**
 * Kills the group of a process when it has ended, and the marked processes that left the group: a launcher that is
 * killed can leave behind a child that it has not yet tied to its own life. Closes the outputs some time later, so that
 * no process that was not found can hold a job.
 *
 * @returns whether a process had left the group
 */
export function endLeftovers (child: ChildProcess, mark: ProcessMark | undefined): { readonly isHolding: boolean } {
  let isHolding = false
  let timer: NodeJS.Timeout | undefined
  if (child.pid !== undefined) mark?.begin()
  child.once('exit', () => {
    signalGroup(child.pid, 'SIGKILL')
    isHolding = (mark?.end(child.pid) ?? 0) > 0
    timer = setTimeout(() => {
      isHolding = true
      for (const pipe of child.stdio) pipe?.destroy()
    }, CLOSE_AFTER_MS)
  })
  child.once('close', () => clearTimeout(timer))
  return {
    get isHolding () {
      return isHolding
    }
  }
}

/** Sends a signal to a whole process group, if it still exists. */
export function signalGroup (pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    /* ESRCH: the group has ended. */
  }
}
