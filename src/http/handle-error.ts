import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './problem.ts'
import { ClientDisconnectedError } from './request-signal.ts'
import { translateError } from './translate-error.ts'

/** Sends the error of a route as a problem document. The private cause is only logged. */
export function handleError (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (thrown instanceof ClientDisconnectedError) {
    request.log.info('client disconnected before the response')
    reply.hijack()
    return
  }
  const error = translateError(thrown, request)
  if (error.status >= 500) {
    request.log.error({ code: error.code, err: error.code === 'internal_error' ? error.cause : error }, error.message)
  } else {
    request.log.info({ code: error.code, cause: describeCause(error.cause) }, error.message)
  }
  void sendProblem(reply, error)
}

function describeCause (cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined
}
