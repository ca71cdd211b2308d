import { PosterframeError } from '../../errors.ts'

/**
 * What decoded was lost over a job: it crashed, or was killed by somebody else, as by a kernel that is out of memory.
 */
export class DecoderCrashError extends Error {
  override readonly name = 'DecoderCrashError'
  readonly killedBy: NodeJS.Signals | null

  constructor (killedBy: NodeJS.Signals | null, exitCode: number | null) {
    super(`what decoded ended with ${killedBy ?? `exit code ${exitCode}`}`)
    this.killedBy = killedBy
  }
}

/** The signals that a program brings upon itself; a second crash over the same video is the video's fault. */
const CRASHES: ReadonlySet<unknown> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS'])

/**
 * Runs a job, and once more where what decoded was lost over it.
 *
 * @throws PosterframeError `corrupt_video` for the second crash, `overloaded` where it was killed twice; what `run`
 * throws
 */
export async function retryOnCrash<T> (run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof DecoderCrashError)) throw error
  }
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof DecoderCrashError)) throw error
    throw new PosterframeError(CRASHES.has(error.killedBy) ? 'corrupt_video' : 'overloaded', {
      cause: error,
      retryAfterSeconds: 1
    })
  }
}
