import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { LogController, type FastifyHttpOptions, type FastifyRequest, type RawServerDefault } from 'fastify'
import { answerClientError } from './client-error.ts'
import { maskSecrets } from './hooks/mask-secrets.ts'
import { sendProblem } from './problem.ts'
import { translateError } from './translate-error.ts'
import type { AppSettings } from './services.ts'

/** How long headers, and then a body that is no upload, may take to arrive. */
export const ARRIVAL_TIMEOUT_MS = 20_000

/** A JSON body may have at most so many bytes. */
export const MAX_JSON_BYTES = 64 * 1024

/** Everything that Fastify is told before the first route: tests and both entries run with the same. */
export function buildFastifyOptions (settings: AppSettings): FastifyHttpOptions<RawServerDefault> {
  const arrivalMs = settings.arrivalTimeoutMs ?? ARRIVAL_TIMEOUT_MS
  return {
    logger: {
      level: settings.logLevel,
      ...(settings.logStream === undefined ? {} : { stream: settings.logStream }),
      serializers: { req: describeRequest },
      // The last gate before the log: whatever a message or a stack quotes, no secret passes.
      hooks: { streamWrite: maskSecrets }
    },
    requestIdHeader: false,
    logController: new LogController({ requestIdLogLabel: 'requestId' }),
    genReqId: (request) => (settings.onLambda ? readGatewayId(request) : undefined) ?? randomUUID(),
    trustProxy:
      settings.trustProxy === undefined || settings.trustProxy.length === 0 ? false : [...settings.trustProxy],
    bodyLimit: MAX_JSON_BYTES,
    // A request may last as long as its slow but steady upload; a stalled one ends by its idle time-out.
    requestTimeout: 3_600_000,
    // Counts silence in both directions, so it must outlast the making of a thumbnail.
    connectionTimeout: settings.timeoutMs + 60_000,
    http: { headersTimeout: arrivalMs, connectionsCheckingInterval: Math.min(arrivalMs, 5000) },
    forceCloseConnections: 'idle',
    // Fastify's own 503 is not a problem document: `drain.ts` answers instead.
    return503OnClosing: false,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 4096 },
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, translateError(error))
    },
    clientErrorHandler: answerClientError
  }
}

function describeRequest (request: FastifyRequest) {
  return { method: request.method, url: request.url, remoteAddress: request.ip }
}

// The gateway's id is in its own log too. A client can set the header where a gateway lets it, hence the pattern.
function readGatewayId (request: { headers: IncomingMessage['headers'] }): string | undefined {
  const id = request.headers['x-request-id']
  return typeof id === 'string' && /^[\w=-]{1,128}$/.test(id) ? id : undefined
}
