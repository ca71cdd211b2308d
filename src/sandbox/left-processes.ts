import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

/** A mark that all descendants of a process have; see `createMark`. */
export interface ProcessMark {
  /** The mark as a limit of resident memory, in KiB. */
  readonly kibibytes: number
  /** Says that the marked process runs: until `end`, nothing kills what has the mark. */
  begin(): void
  /**
   * Says that the marked process has ended, and kills all processes that still have the mark.
   *
   * @param group the process group of the marked process
   * @returns how many of them had left the group
   */
  end(group: number | undefined): number
}

/** Marks of one service; limits of this size, 128 PiB and more, are used by nothing else. */
const MARKS = 2 ** 24
/** Marks of this process begin here, so that they differ from those of other processes of the user. */
const FIRST_MARK = 2 ** 47 + randomInt(2 ** 22) * MARKS
const BYTES_A_KIBIBYTE = 1024n
/** A process that forks as fast as it is killed is found again by later jobs. */
const MAX_PASSES = 10
let created = 0
const live = new Set<number>()

/**
 * Creates a mark for a process that is about to start: a unique hard limit of resident memory (RLIMIT_RSS), which has
 * had no effect since Linux 2.4.30. All descendants inherit it, whatever session, group or parent they have, and no
 * process can raise it again. Finding them takes proc(5).
 *
 * @returns undefined on other systems
 */
export function createMark (): ProcessMark | undefined {
  if (process.platform !== 'linux') return undefined
  const kibibytes = FIRST_MARK + (created++ % MARKS)
  return {
    kibibytes,
    begin () {
      live.add(kibibytes)
    },
    end (group) {
      live.delete(kibibytes)
      return killLeft().filter((killed) => killed.mark === kibibytes && killed.group !== group).length
    }
  }
}

interface FoundProcess {
  readonly pid: number
  readonly mark: number
  readonly group: number
  /** Ticks between the start of the machine and that of the process; differs if the process id is used again. */
  readonly startTicks: string
}

/**
 * Kills all processes with a mark of this service whose job has ended, so that one that was missed is found later.
 * Looks again until there is none, since a process may be in the middle of a fork.
 */
function killLeft (): readonly FoundProcess[] {
  const killed = new Map<string, FoundProcess>()
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const found = listProcesses()
      .map(findEnded)
      .filter((process) => process !== undefined)
      .filter(({ pid, startTicks }) => !killed.has(`${pid} ${startTicks}`))
    if (found.length === 0) break
    for (const process of found) {
      killed.set(`${process.pid} ${process.startTicks}`, process)
      kill(process)
    }
  }
  return [...killed.values()]
}

/** Returns a process if it has the mark of a job that has ended, and has not ended itself. */
function findEnded (pid: number): FoundProcess | undefined {
  const mark = readMark(pid)
  if (mark === undefined || !isEnded(mark)) return undefined
  try {
    // The process name, in parentheses, may contain anything. Fields 3, 5 and 22 of proc(5).
    const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
    const { 0: state, 2: group, 19: startTicks = '' } = fields.split(' ')
    return state === 'Z' ? undefined : { pid, mark, group: Number(group), startTicks }
  } catch {
    return undefined
  }
}

function isEnded (mark: number): boolean {
  return mark >= FIRST_MARK && mark < FIRST_MARK + MARKS && !live.has(mark)
}

function listProcesses (): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** Returns the hard limit of resident memory of a process, in KiB. Every user may read it. */
function readMark (pid: number): number | undefined {
  try {
    const [, bytes] = /^Max resident set +\S+ +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1')) ?? []
    return bytes === undefined ? undefined : Number(BigInt(bytes) / BYTES_A_KIBIBYTE)
  } catch {
    return undefined
  }
}

/** Kills a process, unless its id is that of another one by now. */
function kill ({ pid, startTicks }: FoundProcess): void {
  if (findEnded(pid)?.startTicks !== startTicks) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    /* It has ended, or is not ours to kill. */
  }
}
