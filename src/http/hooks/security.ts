import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { PosterframeError } from '../../errors.ts'
import type { App, SecuritySettings } from '../services.ts'
import { nameCaller } from './access.ts'
import { registerLoadShedding } from './shed-load.ts'

const HEALTH = '/healthz'
/** Routes that orchestrators and scrapers request by address, whatever the names of the service are. */
const PROBES: ReadonlyArray<string | undefined> = [HEALTH, '/readyz', '/metrics']

/** Includes the headers that tracing libraries add to requests of pages. */
const ALLOWED_HEADERS = [
  'accept',
  'authorization',
  'baggage',
  'content-type',
  'if-none-match',
  'prefer',
  'range',
  'sentry-trace',
  'traceparent',
  'x-api-key'
]

/** Registers the security hooks: host allow-list, request id header, security headers, CORS and load shedding. */
export async function registerSecurity (app: App, settings: SecuritySettings): Promise<void> {
  const { allowedHosts, corsOrigins, maxEventLoopDelayMs } = settings
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    const isProbe = PROBES.includes(request.routeOptions.url)
    if (allowedHosts !== undefined && !isProbe && !allowedHosts.includes(readHost(request))) {
      throw new PosterframeError('invalid_request', {
        detail:
          `The host name '${readHost(request).slice(0, 100)}' is not allowed. ` +
          'Use a name in POSTERFRAME_ALLOWED_HOSTS.'
      })
    }
    if (isForbiddenOrigin(request, corsOrigins)) {
      throw new PosterframeError('forbidden_action', { detail: foreignOriginDetail(request.headers.origin) })
    }
  })
  await app.register(helmet, {
    // Responses are data and images. The pages at / and /docs set their own policies.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }
    },
    // Any page that knows the URL of a thumbnail may show it in an <img>.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // A proxy in front of the service terminates TLS and decides about HSTS.
    strictTransportSecurity: false
  })
  if (corsOrigins.length > 0) await registerCors(app, corsOrigins)
  if (maxEventLoopDelayMs > 0) registerLoadShedding(app, maxEventLoopDelayMs, isHealth)
}

async function registerCors (app: App, origins: readonly string[]): Promise<void> {
  const options = {
    origin: origins.includes('*') ? '*' : [...origins],
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: ['etag', 'location', 'preference-applied', 'retry-after', 'server-timing', 'x-request-id'],
    maxAge: 600,
    strictPreflight: false
  }
  // The methods of the routes are known once all have been registered.
  const methods = new Set<string>()
  app.addHook('onRoute', ({ method }) => {
    for (const name of [method].flat()) if (name !== 'OPTIONS') methods.add(name)
  })
  await app.register(cors, {
    delegator: async () => ({ ...options, methods: [...methods].sort() })
  })
}

/**
 * Registers the rate limit per caller: by name if the caller is identified, else by IP address. Runs after the
 * identification and before its rejections, so that attempts to guess keys count too. Each process counts on its own.
 */
export async function registerRateLimit (app: App, { rateLimit: limit }: SecuritySettings): Promise<void> {
  if (limit === undefined) return
  await app.register(rateLimit, {
    max: limit.requests,
    timeWindow: limit.windowMs,
    keyGenerator: nameCaller,
    allowList: isHealth,
    errorResponseBuilder: (_request, { ttl }) =>
      new PosterframeError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) })
  })
}

/**
 * Returns whether a page of another origin makes the browser send a request that writes. The page could not read the
 * response, but browsers send a form with a file without a CORS preflight, even to a service on loopback. Browsers send
 * `Sec-Fetch-Site` to HTTPS and loopback only; elsewhere `Origin` has to be the host of the request. Clients that are
 * not browsers send neither.
 */
function isForbiddenOrigin (request: FastifyRequest, allowed: readonly string[]): boolean {
  const { origin } = request.headers
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method) || !isForeign(request)) return false
  return !allowed.includes('*') && !allowed.includes(origin ?? '')
}

function isForeign ({ headers, host }: FastifyRequest): boolean {
  const site = String(headers['sec-fetch-site'] ?? '').toLowerCase()
  if (site !== '') return site !== 'same-origin' && site !== 'none'
  if (headers.origin === undefined) return false
  // The scheme is unknown behind a proxy that terminates TLS. `host` is that of a trusted proxy's `X-Forwarded-Host`.
  const originHost = URL.parse(headers.origin)?.host
  return originHost === undefined || ![host, headers.host].some((name) => name?.toLowerCase() === originHost)
}

function isHealth ({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === HEALTH
}

function foreignOriginDetail (origin: string | undefined): string {
  return origin === undefined
    ? 'Pages of other origins may not send requests to this service. Add the origin to POSTERFRAME_CORS_ORIGINS.'
    : `The origin '${origin.slice(0, 200)}' may not send requests to this service. Add it to POSTERFRAME_CORS_ORIGINS.`
}

// Reads `Host` itself and not `X-Forwarded-Host`, because it is what the browser takes the host to be.
function readHost ({ headers }: FastifyRequest): string {
  return (headers.host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}
