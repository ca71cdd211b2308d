import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyRequest } from 'fastify'
import { PosterframeError } from '../../errors.ts'
import type { App, SecuritySettings } from '../services.ts'

const HEALTH = '/healthz'

/**
 * Refuses a name that is not ours before anything else is done; names every answer by its request; sheds load; tells
 * browsers what not to do.
 */
export async function registerSecurity (app: App, settings: SecuritySettings): Promise<void> {
  const { allowedHosts, corsOrigins, maxEventLoopDelayMs } = settings
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    if (allowedHosts !== undefined && !isHealth(request) && !allowedHosts.includes(readHost(request))) {
      throw new PosterframeError('invalid_request', { detail: 'This service does not answer to that host name.' })
    }
    if (isForeignPage(request, corsOrigins)) {
      throw new PosterframeError('forbidden_action', { detail: 'Pages of this origin may not send anything here.' })
    }
  })
  await app.register(helmet, {
    // The answers are data and pictures. The page under /docs brings a policy of its own.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }
    },
    // A redirect to a thumbnail, and the thumbnail itself, are for the <img> of any page that knows the URL.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // TLS ends before this service, and whoever ends it knows for which names to promise it.
    strictTransportSecurity: false
  })
  if (corsOrigins.length > 0) await registerCors(app, corsOrigins)
  if (maxEventLoopDelayMs > 0) {
    await app.register(underPressure, {
      maxEventLoopDelay: maxEventLoopDelayMs,
      pressureHandler: async (request) => {
        if (!isHealth(request)) throw new PosterframeError('overloaded', { retryAfterSeconds: 1 })
      }
    })
  }
}

async function registerCors (app: App, origins: readonly string[]): Promise<void> {
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    // PUT takes parts of uploads to the local store.
    methods: ['GET', 'HEAD', 'POST', 'PUT'],
    allowedHeaders: ['accept', 'authorization', 'content-type', 'prefer', 'x-api-key'],
    exposedHeaders: ['etag', 'location', 'preference-applied', 'retry-after', 'server-timing', 'x-request-id'],
    maxAge: 600,
    strictPreflight: false
  })
}

/**
 * Counts the requests of each caller, by name where they showed who they are, else by address; comes after the
 * identification and before its refusals, so that those who try keys are counted too. The count is this process's
 * own.
 */
export async function registerRateLimit (app: App, { rateLimit: limit }: SecuritySettings): Promise<void> {
  if (limit === undefined) return
  await app.register(rateLimit, {
    max: limit.requests,
    timeWindow: limit.windowMs,
    // Of IPv6 the network of 64 bits, since whoever has one address of it has all. The words keep names and addresses
    // apart.
    keyGenerator: ({ identity, ip }) =>
      identity?.name === undefined ? `address ${normalizeIP(ip)}` : `name ${identity.name}`,
    allowList: isHealth,
    errorResponseBuilder: (_request, { ttl }) =>
      new PosterframeError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) })
  })
}

/**
 * Whether a page of another origin makes a browser send something. It could not read the answer, but a form with a
 * file goes out without asking (CORS), to a service on loopback too. Every browser of today says where a request
 * comes from; what is no browser need not.
 */
function isForeignPage ({ method, headers }: FastifyRequest, allowed: readonly string[]): boolean {
  const site = headers['sec-fetch-site']
  if (['GET', 'HEAD', 'OPTIONS'].includes(method) || (site !== 'cross-site' && site !== 'same-site')) return false
  return !allowed.includes('*') && !allowed.includes(headers.origin ?? '')
}

function isHealth ({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === HEALTH
}

// Of the header itself, not of what a proxy forwards: it is the browser's own word for where it thinks it is.
function readHost ({ headers }: FastifyRequest): string {
  return (headers.host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}
