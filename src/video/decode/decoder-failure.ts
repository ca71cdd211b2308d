/** Signals that a process sends itself by a crash. */
const CRASHES: ReadonlySet<unknown> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS'])

/**
 * Thrown when a decoder ended without a word about the video: it was never started, crashed, was killed from outside,
 * for example by the kernel when out of memory, or lacked something that the machine could not give.
 */
export class DecoderCrashError extends Error {
  override readonly name = 'DecoderCrashError'
  readonly killedBy: NodeJS.Signals | null
  /** True if the decoder itself, and not only its launcher, ran and then crashed by itself. */
  readonly isOwnCrash: boolean

  constructor (
    killedBy: NodeJS.Signals | null,
    exitCode: number | null,
    { hasStarted, log = '' }: { readonly hasStarted: boolean, readonly log?: string }
  ) {
    const subject = hasStarted ? 'the decoder' : 'the launcher of the decoder'
    super(`${subject} ended with ${killedBy ?? `exit code ${exitCode}`}${log === '' ? '' : `: ${log}`}`)
    this.killedBy = killedBy
    this.isOwnCrash = hasStarted && CRASHES.has(killedBy)
  }
}

/** Thrown for a message of a worker that is no answer to its task: code of the video may have taken the worker over. */
export class InvalidAnswerError extends DecoderCrashError {
  /** A worker that has answered had started. */
  override readonly isOwnCrash = true

  constructor (reason: string) {
    super(null, null, { hasStarted: true })
    this.message = `the message of a worker is no answer to its task: ${reason}`
  }
}

/** Thrown when a decoder that had started reached its own limit of CPU time or memory. */
export class DecoderLimitError extends Error {
  override readonly name: string = 'DecoderLimitError'
}
