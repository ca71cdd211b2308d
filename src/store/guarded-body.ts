import { addAbortSignal, pipeline, Transform, type Readable, type TransformCallback } from 'node:stream'

/** A body was shorter or longer than announced. */
export class BodyLengthError extends Error {
  override readonly name = 'BodyLengthError'
}

/** What is known of a body before its first byte. */
export interface BodyExpectation {
  /** How many bytes must come. */
  readonly bytes: number
  /** Destroys the body when aborted. */
  readonly signal: AbortSignal
  /** What the reader gets to see for whatever went wrong on the way. */
  readonly toError: (error: unknown) => Error
}

/**
 * Lets a stream fail before anyone reads it, or when nobody does any more: pipeline stops listening before the error
 * is told, and an error that nobody listens to ends the process.
 */
export function forgive (stream: Readable): void {
  stream.on('error', () => {})
}

/**
 * Passes a body on so that its reader gets all of it or a mapped error: a connection that is reset half way, a body
 * that ends early and an aborted signal all fail the stream. Destroying the result destroys `body`.
 *
 * @throws what `toError` makes of the signal's reason, where that was aborted before
 */
export function guardBody (body: Readable, { bytes, signal, toError }: BodyExpectation): Readable {
  if (signal.aborted) {
    forgive(body)
    body.destroy()
    throw toError(signal.reason)
  }
  let missing = bytes
  const guarded = new Transform({
    transform (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      missing -= chunk.length
      done(null, chunk)
    },
    flush (done: TransformCallback) {
      done(missing === 0 ? null : new BodyLengthError(`${missing} bytes are missing`))
    },
    destroy (error: Error | null, done: (error: Error | null) => void) {
      done(error === null ? null : toError(error))
    }
  })
  addAbortSignal(signal, guarded)
  // The outcome is told to whoever reads `guarded`; pipeline only ties the two lives together.
  pipeline(body, guarded, () => {})
  forgive(guarded)
  return guarded
}
