/** The part of the file system that a program sees. */
export interface View {
  /** The only writable directory, and the working directory. */
  readonly directory: string
  /** Further readable files and directories, besides the programs and libraries of the system. */
  readonly readable?: readonly string[]
}

/** The isolation of programs that open untrusted files. */
export interface Isolation {
  readonly name: 'bubblewrap' | 'setpriv' | 'none'
  /** Whether a program inside sees only the files of the system and those of its view. */
  readonly hidesFiles: boolean
  /** One sentence for the log and `/readyz`. */
  readonly description: string
  /** Data to write to a pipe of the command, whose descriptor `wrap` gets; undefined: none. */
  readonly filter: Buffer | undefined
  /** Returns the command that runs a command inside, program first. */
  wrap(command: readonly [string, ...string[]], view: View, filterDescriptor: number): readonly [string, ...string[]]
  /** Returns the end of the program inside, from that of the process that was started. */
  readEnd(end: ProcessEnd): ProcessEnd
}

/** Exit code or signal of a process. */
export interface ProcessEnd {
  readonly exitCode: number | null
  readonly killedBy: NodeJS.Signals | null
}

/** The last resort: a child with an empty environment and limits, but otherwise with the rights of the service. */
export const NO_ISOLATION: Isolation = {
  name: 'none',
  hidesFiles: false,
  filter: undefined,
  description: 'none: a child has no environment and hard limits, but the rights of the service',
  wrap: (command) => command,
  readEnd: (end) => end
}
