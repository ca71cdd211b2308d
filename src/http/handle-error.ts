import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './problem.ts'
import { ClientGoneError } from './request-signal.ts'
import { translateError } from './translate-error.ts'

/** Answers whatever a route threw as a problem document. The private cause goes to the log and nowhere else. */
export function handleError (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (thrown instanceof ClientGoneError) {
    request.log.info('the client went away before the answer')
    reply.hijack()
    return
  }
  const error = translateError(thrown)
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
