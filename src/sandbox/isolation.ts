/** What a program sees of the machine. */
export interface View {
  /** The one place that it may write to; its working directory. */
  readonly directory: string
  /** What else it may read, besides the system's own programs and libraries: files or directories. */
  readonly readable?: readonly string[]
}

/** How the programs that open strangers' files are kept from everything else. */
export interface Isolation {
  readonly name: 'bubblewrap' | 'setpriv' | 'none'
  /** Whether a program inside sees no files but the system's and those that it is shown. */
  readonly hidesFiles: boolean
  /** One sentence for the log and `/readyz`. */
  readonly description: string
  /** What is to be written to a pipe of the command, whose number `wrap` is told; undefined: nothing. */
  readonly filter: Buffer | undefined
  /** The command that runs a command inside: program first. */
  wrap(command: readonly [string, ...string[]], view: View, filterDescriptor: number): readonly [string, ...string[]]
  /** How the program inside ended, by how what was started did. */
  readEnd(end: ProcessEnd): ProcessEnd
}

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null
  readonly killedBy: NodeJS.Signals | null
}

/** A child has an empty environment and its limits, and otherwise the rights of the service. The last resort. */
export const NO_ISOLATION: Isolation = {
  name: 'none',
  hidesFiles: false,
  filter: undefined,
  description: 'none: a child has no environment and hard limits, but the rights of the service',
  wrap: (command) => command,
  readEnd: (end) => end
}
