/** The files that an isolated program can access besides the system's own programs and libraries. */
export interface VisibleFiles {
  /** The program's working directory, the only place that it can write to. */
  readonly directory: string
  /** Files or directories that it can read. */
  readonly readable?: readonly string[]
}

/** A way to keep the programs that open untrusted files away from everything else. */
export interface Isolation {
  readonly name: 'bubblewrap' | 'setpriv' | 'none'
  /** True if an isolated program sees only the system's files and its `VisibleFiles`. */
  readonly hidesFiles: boolean
  /** True if the kernel ends all descendants of an isolated program with it, whatever group they are in. */
  readonly endsDescendants: boolean
  /** One sentence for the log and `/readyz`. */
  readonly description: string
  /** A seccomp filter, which the command reads from the descriptor that `wrapCommand` is given. */
  readonly seccompFilter: Buffer | undefined
  /** Returns the command that runs `command` isolated, program first. */
  wrapCommand(
    command: readonly [string, ...string[]],
    files: VisibleFiles,
    filterDescriptor: number
  ): readonly [string, ...string[]]
  /** Returns how the isolated program ended, given how the wrapping command ended. */
  translateExit(exit: ProcessExit): ProcessExit
}

/** An exit code, or the signal that ended a process. */
export interface ProcessExit {
  readonly exitCode: number | null
  readonly killedBy: NodeJS.Signals | null
}

/** The last resort: a child process has an empty environment and limits, but all permissions of the service. */
export const NO_ISOLATION: Isolation = {
  name: 'none',
  hidesFiles: false,
  endsDescendants: false,
  seccompFilter: undefined,
  description: 'none: decoders have an empty environment and hard limits, but the permissions of the service',
  wrapCommand: (command) => command,
  translateExit: (exit) => exit
}
