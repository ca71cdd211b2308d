import type { FastifyRequest } from 'fastify'
import type { Credentials } from '../../access/authenticate.ts'
import { authoriseVerb, EVERYONE, type Identity, type Verb } from '../../access/scope.ts'
import { isSigned, type SigningSecret, verifySignedThumbnail } from '../../access/signed-thumbnail-url.ts'
import { isPosterframeError, PosterframeError } from '../../errors.ts'
import type { App, AppServices, AccessSettings } from '../services.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined where that is not known, which `accessRefusal` tells the reason of. */
    identity: Identity | undefined
    /** Why the caller is not known; thrown where the address needs to know. */
    accessRefusal: PosterframeError | undefined
  }
}

/**
 * What the addresses need that are not like all others, which need `read` for GET and `write` for the rest.
 * `/objects` has signed URLs of its own; who resumes an upload or looks for a job writes; `/readyz` says less to
 * strangers; the pages and the document hold nothing secret.
 */
const NEEDS: Readonly<Record<string, Verb | 'nothing'>> = {
  '/': 'nothing',
  '/healthz': 'nothing',
  '/readyz': 'nothing',
  '/openapi.yaml': 'nothing',
  '/objects': 'nothing',
  '/metrics': 'operate',
  '/v1/jobs/:id': 'write',
  '/v1/uploads/:token': 'write'
}
const READINESS = '/readyz'
const SIGNABLE = '/v1/thumbnails'

/**
 * Finds out who asks as soon as the headers are there, and refuses before the body is read. Between the two lies the
 * rate limit, which counts those too whom nobody knows. Without `authenticate` everyone may do everything.
 */
export function registerAccess (app: App, authenticate: AppServices['authenticate'], settings: AccessSettings): void {
  app.decorateRequest('identity', undefined)
  app.decorateRequest('accessRefusal', undefined)

  app.addHook('onRequest', async (request, reply) => {
    // Not for what is open to all: checking a token can mean to wait for its issuer, and health must not.
    if (findNeed(request, settings) === 'nothing' && request.routeOptions.url !== READINESS) return
    try {
      request.identity = await identify(request)
      const { name } = request.identity
      if (name !== undefined) request.log = reply.log = request.log.child({ caller: name })
    } catch (error) {
      if (!isPosterframeError(error)) throw error
      request.accessRefusal = error
    }
  })

  app.addHook('preParsing', async (request) => {
    const need = findNeed(request, settings)
    if (need === 'nothing') return
    if (request.identity === undefined) throw request.accessRefusal ?? new PosterframeError('unauthenticated')
    authoriseVerb(request.identity, need)
  })

  async function identify (request: FastifyRequest): Promise<Identity> {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const isSignable = isRead && request.routeOptions.url === SIGNABLE
    const query = request.query as Record<string, unknown>
    if (isSignable && isSigned(query)) return identifySigner(query, settings.signingSecrets)
    const credentials = readCredentials(request)
    if (authenticate !== undefined && credentials !== undefined) return await authenticate(credentials)
    if (isSignable && settings.anonymousGet === 'presets') return { ...EVERYONE, verbs: ['read'], presetsOnly: true }
    if (authenticate === undefined && !(isSignable && settings.anonymousGet === 'none')) return EVERYONE
    throw new PosterframeError('unauthenticated')
  }
}

/** Who asks, where the address needs to know; throws what refused them otherwise. */
export function readIdentity ({ identity, accessRefusal }: FastifyRequest): Identity {
  if (identity === undefined) throw accessRefusal ?? new PosterframeError('unauthenticated')
  return identity
}

function identifySigner (query: Record<string, unknown>, secrets: readonly SigningSecret[]): Identity {
  verifySignedThumbnail(secrets, query, new Date())
  return { ...EVERYONE, verbs: ['read'] }
}

function findNeed (
  { method, routeOptions: { url } }: FastifyRequest,
  { isMetricsPublic }: AccessSettings
): Verb | 'nothing' {
  // An address that is not there needs nothing to say so, and a browser asks OPTIONS before it shows who it is.
  if (
    url === undefined ||
    method === 'OPTIONS' ||
    url === '/docs' ||
    url.startsWith('/docs/') ||
    url.startsWith('/playground/')
  ) { return 'nothing' }
  if (url === '/metrics' && isMetricsPublic) return 'nothing'
  return NEEDS[url] ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write')
}

function readCredentials ({ headers }: FastifyRequest): Credentials | undefined {
  const apiKey = headers['x-api-key']
  const { authorization } = headers
  if (apiKey !== undefined) return { apiKey: String(apiKey), bearer: undefined }
  // Another scheme is not ours, and is refused like a bearer that nobody knows.
  return authorization === undefined
    ? undefined
    : { apiKey: undefined, bearer: /^Bearer +(\S+)$/i.exec(authorization)?.[1] }
}
