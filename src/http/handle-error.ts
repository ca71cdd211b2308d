import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './problem.ts'
import { ClientDisconnectedError } from './request-signal.ts'
import { translateError } from './translate-error.ts'

/** Sends the error of a route as a problem document. The private cause is only logged. */
export function handleError (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (thrown instanceof ClientDisconnectedError || isBrokenBody(thrown, request)) {
    request.log.info('client disconnected before the response')
    reply.hijack()
    return
  }
  const error = translateError(thrown, request)
  if (error.code === 'internal_error') request.log.error({ code: error.code, err: error.cause }, error.message)
  else {
    // Callers cause these at will, so each is one short line.
    const level = error.status >= 500 ? 'warn' : 'info'
    request.log[level]({ code: error.code, cause: describeCause(error.cause) }, error.message)
  }
  void sendProblem(reply, error)
}

/** Returns whether an error is that of reading a body whose client has disconnected. */
function isBrokenBody (thrown: unknown, { raw }: FastifyRequest): boolean {
  return !raw.complete && raw.destroyed && (thrown as NodeJS.ErrnoException | null)?.code === 'ECONNRESET'
}

/** Returns the messages of a cause and of its own causes, in one line. */
function describeCause (cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  return [cause.message, describeCause(cause.cause)].filter(Boolean).join(', because ')
}
