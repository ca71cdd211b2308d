import { PosterframeError } from '../../errors.ts'

/**
 * Thrown when a decoder crashed during a job or was killed from outside, for example by the kernel when out of
 * memory.
 */
export class DecoderCrashError extends Error {
  override readonly name = 'DecoderCrashError'
  readonly killedBy: NodeJS.Signals | null

  constructor (killedBy: NodeJS.Signals | null, exitCode: number | null) {
    super(`what decoded ended with ${killedBy ?? `exit code ${exitCode}`}`)
    this.killedBy = killedBy
  }
}

/** Signals of crashes. A second crash on the same video counts as the video's fault. */
const CRASHES: ReadonlySet<unknown> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS'])

/**
 * Runs a job, and retries it once if the decoder crashed.
 *
 * @throws PosterframeError `corrupt_video` for the second crash, `overloaded` if it was killed twice; errors of `run`
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
