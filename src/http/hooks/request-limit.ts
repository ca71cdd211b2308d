import type { IncomingMessage, ServerResponse } from 'node:http'
import { PosterframeError } from '../../errors.ts'
import { hasUploadBody } from '../body-type.ts'
import type { App } from '../services.ts'

interface RequestInFlight {
  readonly response: ServerResponse
  /** Requests in flight when it arrived. */
  readonly ahead: number
  /** Time of its arrival, in milliseconds of `performance.now()`. */
  readonly arrivedAt: number
  /** True for uploads, which have a limit of their own, and as long as this is unknown. */
  isUpload: boolean
}

/** Responds without waiting for anything, so that it holds nothing. */
const LIVENESS = '/healthz'
/** Further routes of orchestrators and scrapers, and the places that they have beyond the limit. */
const PROBES: ReadonlyArray<string | undefined> = ['/readyz', '/metrics']
const PROBE_PLACES = 64
/** Age before which a request is not ended, because its body may be on its way. */
const MIN_AGE_MS = 1000

/**
 * Registers the limit of requests in flight of all connections together. It bounds the memory of requests that the
 * admission queue does not count: those that share the job of an identical request, bodies that arrive, and responses
 * that their clients do not read. At the limit, the oldest request that waits for its own client is ended, so that slow
 * clients keep no others out; if there is none, the response is 503 `overloaded`.
 *
 * @returns a function that ends the oldest request that waits for its own client, and returns false if no request does
 */
export function registerRequestLimit (app: App, maxRequests = Infinity): () => boolean {
  /** The oldest is first. */
  const inFlight = new Map<IncomingMessage, RequestInFlight>()

  // Before Fastify's own listener, so that its hooks find the request counted.
  app.server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    inFlight.set(request, { response, ahead: inFlight.size, arrivedAt: performance.now(), isUpload: true })
    response.once('close', () => {
      inFlight.delete(request)
    })
  })

  app.addHook('onRequest', async (request, reply) => {
    const { raw, routeOptions: { url } } = request
    const entry = inFlight.get(raw)
    // An injected request, as on Lambda, has no connection.
    if (entry === undefined) return
    entry.isUpload = hasUploadBody(request)
    if (url === LIVENESS || entry.ahead < maxRequests + (PROBES.includes(url) ? PROBE_PLACES : 0)) return
    const hasPlace = endWaiting(raw)
    if (raw.socket.destroyed) {
      reply.hijack()
      return
    }
    if (hasPlace) return
    throw new PosterframeError('overloaded', {
      detail: `${maxRequests} requests are in flight, the limit of the service. Send the request again later.`,
      retryAfterSeconds: 1
    })
  })

  return () => endWaiting()

  /** Ends the oldest request, other than `own`, that has waited for its client. Returns false if there is none. */
  function endWaiting (own?: IncomingMessage): boolean {
    const arrivedBefore = performance.now() - MIN_AGE_MS
    for (const [request, entry] of inFlight) {
      if (entry.arrivedAt > arrivedBefore) return false
      if (request === own || !(request.socket.destroyed || isWaitingForClient(request, entry))) continue
      inFlight.delete(request)
      request.socket.destroy()
      return true
    }
    return false
  }
}

/** Returns whether the body of a request has not arrived, or its client does not read the response. */
function isWaitingForClient (request: IncomingMessage, { response, isUpload }: RequestInFlight): boolean {
  if (response.headersSent) return request.socket.writableLength > 0
  return !request.complete && !isUpload
}
