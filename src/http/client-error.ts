import { randomUUID } from 'node:crypto'
import { maxHeaderSize } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { PosterframeError } from '../errors.ts'
import { describeProblem, PROBLEM_TYPE } from './problem.ts'

const DETAILS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'The request headers did not arrive in time. Send them without pausing.',
  HPE_HEADER_OVERFLOW: `The request headers exceed ${maxHeaderSize.toLocaleString('en')} bytes. Send fewer or shorter headers.`
}

/**
 * Responds to data that is not valid HTTP or not a complete request, which no route sees, and closes the connection.
 */
export function handleClientError (this: FastifyInstance, error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const requestId = randomUUID()
  // Does not log the error itself: it contains the received bytes, which may include secrets.
  this.log.info({ requestId, code: error.code }, 'invalid HTTP request')
  if (socket.writable && socket.bytesWritten === 0) {
    const problem = new PosterframeError('invalid_request', {
      detail: DETAILS[error.code ?? ''] ?? 'The data received is not valid HTTP/1.1.'
    })
    const body = JSON.stringify(describeProblem(problem, requestId))
    socket.write(
      `HTTP/1.1 ${problem.status} Bad Request\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
        `X-Request-Id: ${requestId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
    )
  }
  socket.destroySoon()
}
