import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { PosterframeError } from '../errors.ts'
import { describeProblem, PROBLEM_TYPE } from './problem.ts'

const DETAILS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'The request was not complete in time.',
  HPE_HEADER_OVERFLOW: 'The headers are larger than is taken here.'
}

/** Answers what is not HTTP, or never became a whole request, so that no route has seen it; then hangs up. */
export function answerClientError (this: FastifyInstance, error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const requestId = randomUUID()
  // Not the error itself, which holds the bytes that came, and whatever secret is among them.
  this.log.info({ requestId, code: error.code }, 'not a request')
  if (socket.writable && socket.bytesWritten === 0) {
    const problem = new PosterframeError('invalid_request', {
      detail: DETAILS[error.code ?? ''] ?? 'This is not HTTP.'
    })
    const body = JSON.stringify(describeProblem(problem, requestId))
    socket.write(
      `HTTP/1.1 ${problem.status} Bad Request\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
        `X-Request-Id: ${requestId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
    )
  }
  socket.destroySoon()
}
