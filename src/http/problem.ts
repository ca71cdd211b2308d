import type { Static } from 'typebox'
import type { FastifyReply } from 'fastify'
import { ERROR_CATALOGUE, type PosterframeError } from '../errors.ts'
import type { ProblemSchema } from './schemas/problem-schema.ts'

/** Media type of every error response (RFC 9457, section 3). */
export const PROBLEM_TYPE = 'application/problem+json'

/** Returns the problem document of an error, without the private `cause`. */
export function describeProblem (error: PosterframeError, requestId: string): Static<typeof ProblemSchema> {
  const { status, title, detail, retryable } = ERROR_CATALOGUE[error.code]
  return {
    ...error.members,
    type: `urn:posterframe:error:${error.code}`,
    title,
    status,
    detail: error.detail ?? detail,
    code: error.code,
    requestId,
    retryable
  }
}

/** Sends the problem document of `error`, with `Retry-After` if the error has a retry delay. */
export function sendProblem (reply: FastifyReply, error: PosterframeError): FastifyReply {
  if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', Math.ceil(error.retryAfterSeconds))
  // RFC 9110, section 11.6.1.
  if (error.code === 'unauthenticated') void reply.header('www-authenticate', 'Bearer realm="posterframe"')
  reply.errorCode = error.code
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .header('x-request-id', reply.request.id)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(describeProblem(error, reply.request.id)))
}
