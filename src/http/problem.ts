import type { Static } from 'typebox'
import type { FastifyReply } from 'fastify'
import { ERROR_CATALOGUE, type PosterframeError } from '../errors.ts'
import type { ProblemSchema } from './schemas/problem-schema.ts'

/** The media type of every error (RFC 9457, section 3). */
export const PROBLEM_TYPE = 'application/problem+json'

/** The problem document for an error of the catalogue. What the error keeps in `cause` is not in it. */
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

/** Answers with the problem document of `error`, and with `Retry-After` where the error says when to come back. */
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
