import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { LogController, type FastifyHttpOptions, type FastifyRequest, type RawServerDefault } from 'fastify'
import { handleClientError } from './client-error.ts'
import { maskSecrets } from './hooks/mask-secrets.ts'
import { sendProblem } from './problem.ts'
import { translateError } from './translate-error.ts'
import { type AppSettings, MAX_JSON_BYTES } from './services.ts'

/** Default time limit for the headers, and then for a body that is not an upload. */
export const ARRIVAL_TIMEOUT_MS = 20_000

/** Returns the Fastify options, the same for the server, Lambda and the tests. */
export function buildFastifyOptions (settings: AppSettings): FastifyHttpOptions<RawServerDefault> {
  const arrivalMs = settings.arrivalTimeoutMs ?? ARRIVAL_TIMEOUT_MS
  return {
    logger: {
      level: settings.logLevel,
      ...(settings.logStream === undefined ? {} : { stream: settings.logStream }),
      serializers: { req: describeRequest },
      // Masks secrets in every log line, including those quoted in messages and stacks.
      hooks: { streamWrite: maskSecrets }
    },
    requestIdHeader: false,
    logController: new LogController({ requestIdLogLabel: 'requestId' }),
    genReqId: (request) => (settings.onLambda ? readGatewayId(request) : undefined) ?? randomUUID(),
    trustProxy:
      settings.trustProxy === undefined || settings.trustProxy.length === 0 ? false : [...settings.trustProxy],
    bodyLimit: MAX_JSON_BYTES,
    // Long enough for a slow but steady upload. The idle timeout ends a stalled one.
    requestTimeout: 3_600_000,
    // Covers silence in both directions, so it must exceed the time a thumbnail may take.
    connectionTimeout: settings.timeoutMs + 60_000,
    http: { headersTimeout: arrivalMs, connectionsCheckingInterval: Math.min(arrivalMs, 5000) },
    forceCloseConnections: 'idle',
    // Fastify's own 503 is not a problem document; `drain.ts` sends one instead.
    return503OnClosing: false,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 4096 },
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, translateError(error))
    },
    clientErrorHandler: handleClientError
  }
}

function describeRequest (request: FastifyRequest) {
  return { method: request.method, url: request.url, remoteAddress: request.ip }
}

// The gateway logs the same id. Some gateways pass on a client's own header, hence the pattern.
function readGatewayId (request: { headers: IncomingMessage['headers'] }): string | undefined {
  const id = request.headers['x-request-id']
  return typeof id === 'string' && /^[\w=-]{1,128}$/.test(id) ? id : undefined
}
