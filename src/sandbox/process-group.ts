import type { ChildProcess } from 'node:child_process'

/**
 * Time that the outputs of a process may stay open after its end. Its group is gone by then, so that only a process
 * that left the group can hold them.
 */
const CLOSE_AFTER_MS = 1000

/**
 * Kills the group of a process when it has ended: a launcher that is killed can leave behind a child that it has not
 * yet tied to its own life. Closes the outputs some time later, so that no process that left the group can hold a job.
 *
 * @returns whether the outputs had to be closed
 */
export function endLeftovers (child: ChildProcess): { readonly isHolding: boolean } {
  let isHolding = false
  let timer: NodeJS.Timeout | undefined
  child.once('exit', () => {
    signalGroup(child.pid, 'SIGKILL')
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
