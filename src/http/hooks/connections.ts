import { normalizeIP } from '@fastify/rate-limit'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { PosterframeError } from '../../errors.ts'
import type { App } from '../services.ts'

/** Limits of the connections of a server. */
export interface ConnectionLimits {
  /** Connections at once; undefined: no limit. */
  readonly maxConnections?: number | undefined
  /** Connections at once of one address; undefined: no limit. */
  readonly maxConnectionsPerAddress?: number | undefined
}

/** Ends the oldest request that waits for its own client, with its connection; returns false if no request does. */
export type EndWaiting = () => boolean

/** Requests in flight on one connection. Clients that pipeline requests are rare; those that do send a few. */
const MAX_REQUESTS_PER_CONNECTION = 32
/** Requests in flight after which the connection is closed without a response. */
const MAX_UNANSWERED_REQUESTS = 256

/**
 * Registers the limits of connections. They keep silent clients from taking the file descriptors that files, pipes
 * and the store need, and pipelined requests from taking memory: at the limit, the connection that has been idle
 * longest is closed, or else the one whose request has waited longest for its client. A request beyond the limit of its
 * connection gets 503 `overloaded`, and the connection is closed after it.
 */
export function registerConnectionLimits (app: App, limits: ConnectionLimits, endWaiting: EndWaiting): void {
  const isExcess = limitConnections(app.server, limits, endWaiting)
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (!isExcess(raw)) return
    if (raw.socket.destroyed) {
      reply.hijack()
      return
    }
    void reply.header('connection', 'close')
    throw new PosterframeError('overloaded', {
      detail:
        `More than ${MAX_REQUESTS_PER_CONNECTION} requests are in flight on this connection. Wait for responses ` +
        'before sending more.',
      retryAfterSeconds: 1
    })
  })
}

/** Limits the connections of a server. Returns whether a request is beyond the limit of its connection. */
function limitConnections (
  server: Server,
  { maxConnections = Infinity, maxConnectionsPerAddress }: ConnectionLimits,
  endWaiting: EndWaiting
): (request: IncomingMessage) => boolean {
  const requests = new Map<Socket, number>()
  /** Connections without a request; the one that has been idle longest is first. */
  const idle = new Set<Socket>()
  const addresses = new Map<string, number>()
  const excess = new WeakSet<IncomingMessage>()

  server.on('connection', (socket) => {
    const address = maxConnectionsPerAddress === undefined ? undefined : normalizeIP(socket.remoteAddress ?? '')
    const ofAddress = address === undefined ? 0 : (addresses.get(address) ?? 0)
    if (ofAddress >= (maxConnectionsPerAddress ?? Infinity)) {
      socket.destroy()
      return
    }
    // `destroy` closes the descriptor at once, and emits `close` later.
    if (requests.size >= maxConnections) {
      const [oldest] = idle
      if (oldest !== undefined) {
        forget(oldest)
        oldest.destroy()
      } else if (!endWaiting()) {
        socket.destroy()
        return
      }
    }
    requests.set(socket, 0)
    idle.add(socket)
    if (address !== undefined) addresses.set(address, ofAddress + 1)
    socket.once('close', () => {
      forget(socket)
      if (address === undefined) return
      const left = (addresses.get(address) ?? 1) - 1
      if (left === 0) addresses.delete(address)
      else addresses.set(address, left)
    })
  })

  // Before Fastify's own listener, so that its hooks find the request counted.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    const count = requests.get(socket)
    if (count === undefined) return
    idle.delete(socket)
    requests.set(socket, count + 1)
    // All requests of a packet arrive before the first is handled.
    if (count >= MAX_REQUESTS_PER_CONNECTION) excess.add(request)
    if (count >= MAX_UNANSWERED_REQUESTS) socket.destroy()
    response.once('close', () => {
      const left = (requests.get(socket) ?? 0) - 1
      if (left < 0) return
      requests.set(socket, left)
      if (left === 0) idle.add(socket)
    })
  })

  function forget (socket: Socket): void {
    requests.delete(socket)
    idle.delete(socket)
  }

  return (request) => excess.has(request)
}
