import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import type { Credentials } from '../../access/authenticate.ts'
import { authoriseVerb, EVERYONE, type Identity, type Verb } from '../../access/scope.ts'
import { isSigned, type SigningSecret, verifySignedThumbnail } from '../../access/signed-thumbnail-url.ts'
import { isPosterframeError, PosterframeError } from '../../errors.ts'
import type { App, AppServices, AccessSettings } from '../services.ts'
import { ClientDisconnectedError } from '../request-signal.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Identity of the caller; undefined if it is unknown, for the reason in `accessError`. */
    identity: Identity | undefined
    /** Reason why the caller is unknown. Thrown by routes that require an identity. */
    accessError: PosterframeError | undefined
  }
}

/**
 * Permissions of routes that differ from the default (`read` for GET, `write` otherwise). `/objects` has signed URLs of
 * its own; resuming an upload and looking up a job require `write`; `/readyz` omits the details for unknown callers;
 * the pages and the OpenAPI document are public.
 */
const REQUIRED_VERBS: Readonly<Record<string, Verb | 'none'>> = {
  '/': 'none',
  '/healthz': 'none',
  '/readyz': 'none',
  '/openapi.yaml': 'none',
  '/objects': 'none',
  '/metrics': 'operate',
  '/v1/jobs/:id': 'write',
  '/v1/uploads/:token': 'write'
}
const READINESS = '/readyz'
const SIGNABLE = '/v1/thumbnails'
/** Identity of a GET without credentials: with a signature, or with a preset. */
const ANONYMOUS: Identity = { ...EVERYONE, verbs: ['read'], isAnonymous: true }

/**
 * Registers the access hooks: identifies the caller once the headers have arrived (`onRequest`), and rejects callers
 * without permission before the body is read (`preParsing`). The rate limit runs between the two, so that it also
 * counts unknown callers. Without `authenticate`, every caller has every permission.
 */
export function registerAccess (app: App, authenticate: AppServices['authenticate'], settings: AccessSettings): void {
  app.decorateRequest('identity', undefined)
  app.decorateRequest('accessError', undefined)

  app.addHook('onRequest', async (request, reply) => {
    // Public routes skip this: checking a token may wait for its issuer, which must not delay health checks.
    if (findRequiredVerb(request, settings) === 'none' && request.routeOptions.url !== READINESS) return
    try {
      request.identity = await identify(request)
      const { name } = request.identity
      if (name !== undefined) request.log = reply.log = request.log.child({ caller: name })
    } catch (error) {
      if (!isPosterframeError(error)) throw error
      request.accessError = error
    }
  })

  app.addHook('preParsing', async (request) => {
    const verb = findRequiredVerb(request, settings)
    if (verb === 'none') return
    if (request.identity === undefined) throw request.accessError ?? new PosterframeError('unauthenticated')
    authoriseVerb(request.identity, verb)
  })

  async function identify (request: FastifyRequest): Promise<Identity> {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const isSignable = isRead && request.routeOptions.url === SIGNABLE
    const query = request.query as Record<string, unknown>
    if (isSignable && isSigned(query)) return identifySigner(query, settings.signingSecrets)
    const credentials = readCredentials(request)
    if (authenticate !== undefined && credentials !== undefined) return await authenticate(credentials)
    if (isSignable && settings.anonymousGet === 'presets') return { ...ANONYMOUS, presetsOnly: true }
    if (authenticate === undefined && !(isSignable && settings.anonymousGet === 'none')) return EVERYONE
    throw new PosterframeError('unauthenticated')
  }
}

/** Returns the identity of the caller. Throws the reason if the caller is unknown. */
export function readIdentity ({ identity, accessError }: FastifyRequest): Identity {
  if (identity === undefined) throw accessError ?? new PosterframeError('unauthenticated')
  return identity
}

/**
 * Returns what counts as one caller for limits: the name, or the address of a caller without one. For IPv6, it is the
 * /64 network, because one client usually holds all of it. The prefixes keep names and addresses apart.
 *
 * @throws ClientDisconnectedError if the connection is gone, which then has no address and emits no further event
 */
export function nameCaller ({ identity, ip, raw }: FastifyRequest): string {
  // Typed as a string, but a reset connection has no address.
  if (raw.socket.destroyed || (ip as string | undefined) === undefined) throw new ClientDisconnectedError()
  return identity?.name === undefined ? `address ${normalizeIP(ip)}` : `name ${identity.name}`
}

function identifySigner (query: Record<string, unknown>, secrets: readonly SigningSecret[]): Identity {
  verifySignedThumbnail(secrets, query, new Date())
  return ANONYMOUS
}

function findRequiredVerb (
  { method, routeOptions: { url } }: FastifyRequest,
  { isMetricsPublic }: AccessSettings
): Verb | 'none' {
  // A missing route needs no permission to respond with 404, and browsers send OPTIONS without credentials.
  if (
    url === undefined ||
    method === 'OPTIONS' ||
    url === '/docs' ||
    url.startsWith('/docs/') ||
    url.startsWith('/playground/')
  ) {
    return 'none'
  }
  if (url === '/metrics' && isMetricsPublic) return 'none'
  return REQUIRED_VERBS[url] ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write')
}

function readCredentials ({ headers }: FastifyRequest): Credentials | undefined {
  const apiKey = headers['x-api-key']
  const { authorization } = headers
  if (apiKey !== undefined) return { apiKey: String(apiKey), bearer: undefined }
  // Another scheme is rejected like an unknown bearer token.
  return authorization === undefined
    ? undefined
    : { apiKey: undefined, bearer: /^Bearer +(\S+)$/i.exec(authorization)?.[1] }
}
