import { addAbortSignal, pipeline, Transform, type Readable, type TransformCallback } from 'node:stream'

/** Thrown when a body is shorter or longer than announced. */
export class BodyLengthError extends Error {
  override readonly name = 'BodyLengthError'
}

/** Properties of a body that are known before its first byte. */
export interface BodyExpectation {
  /** Number of bytes that must arrive. */
  readonly bytes: number
  /** Destroys the body when aborted. */
  readonly signal: AbortSignal
  /** Maps any failure to the error that the reader receives. */
  readonly toError: (error: unknown) => Error
}

/**
 * Ignores errors of a stream that has no reader yet, or no longer has one. `pipeline` stops listening before the error
 * is emitted, and an unhandled error event ends the process.
 */
export function forgive (stream: Readable): void {
  stream.on('error', () => {})
}

/**
 * Returns a body whose reader gets all of it or a mapped error: a connection that is reset half way, a body
 * that ends early and an aborted signal all fail the stream. Destroying the result destroys `body`.
 *
 * @throws the mapped reason of the signal if it is aborted already
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
  // The reader of `guarded` gets the outcome; pipeline only couples the lifetimes of the two streams.
  pipeline(body, guarded, () => {})
  forgive(guarded)
  return guarded
}
