import { PosterframeError } from '../errors.ts'

/** Codes of errors for which the machine has no process, thread, descriptor or memory left. */
const CODES: ReadonlySet<unknown> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ERR_WORKER_INIT_FAILED'])
/** The same from libraries, whose errors have no code: GLib's threads in sharp, and the buffers of V8. */
const MESSAGES =
  /(?:Error creating|unable to create|Failed to create) thread|Resource temporarily unavailable|Too many open files|Cannot allocate memory|Array buffer allocation failed/i
const RETRY_AFTER_SECONDS = 1

/**
 * Returns `overloaded` for an error that says that the machine has no process, thread, descriptor or memory left.
 *
 * @returns undefined for any other error, and for one of the catalogue, which has its code already
 */
export function exhaustionError (error: unknown): PosterframeError | undefined {
  if (!(error instanceof Error) || error instanceof PosterframeError) return undefined
  if (!CODES.has((error as NodeJS.ErrnoException).code) && !MESSAGES.test(error.message)) return undefined
  return new PosterframeError('overloaded', {
    detail: 'The machine has no process, thread, file descriptor or memory left. Try again later.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause: error
  })
}
