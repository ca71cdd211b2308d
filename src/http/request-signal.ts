import type { FastifyReply, FastifyRequest } from 'fastify'
import { isPosterframeError } from '../errors.ts'
import { startDeadline } from '../limits/deadline.ts'

/** Abort reason of work whose client has disconnected. It is logged; no response is sent. */
export class ClientDisconnectedError extends Error {
  override readonly name = 'ClientDisconnectedError'
  constructor () {
    super('the client disconnected')
  }
}

/**
 * Returns a signal that aborts with `ClientDisconnectedError` when the connection closes before the response has been
 * sent. Listens to the response, because Node closes the request as soon as its body is read.
 */
export function watchClient (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  if (reply.raw.destroyed) controller.abort(new ClientDisconnectedError())
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new ClientDisconnectedError())
  })
  return controller.signal
}

/**
 * Runs `task` with the time limit of a request, counted from now. Throws `timed_out` if the limit is exceeded.
 *
 * @param timeoutMs the configured limit; on Lambda the remaining time of the invocation applies if it is shorter
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
    // Node's streams wrap the abort reason in an AbortError.
    if (!isPosterframeError(error)) deadline.signal.throwIfAborted()
    throw error
  } finally {
    deadline.clear()
  }
}

// Reserves one second to clean up and respond: at its own limit Lambda freezes the process and responds with 502.
function readTimeLeftMs (request: FastifyRequest): number {
  const leftMs = request.awsLambda?.context?.getRemainingTimeInMillis()
  return leftMs === undefined ? Infinity : Math.max(1, leftMs - 1000)
}
