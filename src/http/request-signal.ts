import type { FastifyReply, FastifyRequest } from 'fastify'
import { isPosterframeError } from '../errors.ts'
import { startDeadline } from '../limits/deadline.ts'

/** Why work was stopped that nobody waits for any more. It is logged and answered to no one. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError'
  constructor () {
    super('the client went away')
  }
}

/**
 * A signal that aborts with `ClientGoneError` when the connection ends before the answer has been sent. It listens to
 * the answer, since Node closes the request itself as soon as its body is read.
 */
export function watchClient (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  if (reply.raw.destroyed) controller.abort(new ClientGoneError())
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new ClientGoneError())
  })
  return controller.signal
}

/**
 * Runs `task` under the time a request may take, from now on. Throws `timed_out` past it.
 * @param timeoutMs what the configuration allows; on Lambda less where less is left of the invocation
 */
export async function runWithDeadline<T> (
  request: FastifyRequest,
  timeoutMs: number,
  client: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  client.throwIfAborted()
  const deadline = startDeadline(Math.min(timeoutMs, readTimeLeftMs(request)), client)
  try {
    return await task(deadline.signal)
  } catch (error) {
    // Node's streams wrap the reason of a signal in an AbortError.
    if (!isPosterframeError(error)) deadline.signal.throwIfAborted()
    throw error
  } finally {
    deadline.clear()
  }
}

// One second is kept back to clean up and to answer: past its limit Lambda freezes the process and answers 502 itself.
function readTimeLeftMs (request: FastifyRequest): number {
  const leftMs = request.awsLambda?.context?.getRemainingTimeInMillis()
  return leftMs === undefined ? Infinity : Math.max(1, leftMs - 1000)
}
