import type { FastifyRequest } from 'fastify'
import fresh from 'fresh'
import { createHash } from 'node:crypto'
import { parameterError } from '../../input/check-input.ts'
import { PosterframeError } from '../../errors.ts'
import { completeOptions } from '../../options/thumbnail-options.ts'
import { expandPreset, type PresetOptions } from '../../options/presets.ts'
import type { MakeThumbnail, Thumbnail, UrlMethod } from '../../thumbnails/thumbnail.ts'
import { readIdentity } from '../hooks/access.ts'
import { addServerTiming } from '../server-timing.ts'
import { readSource, assertPresetOnly } from '../source-request.ts'
import { runWithDeadline, watchClient } from '../request-signal.ts'
import {
  type ThumbnailAnswer,
  type ThumbnailQuery,
  ThumbnailSchema,
  type ThumbnailRequestBody
} from '../schemas/thumbnail-schemas.ts'
import { findThumbnailRoute, makeThumbnailRoute } from '../schemas/thumbnail-route-schemas.ts'
import { makeUploadedThumbnail } from './uploaded-thumbnail.ts'
import { hasVideo, registerVideoRoutes } from './video-body.ts'
import { type App, type AppServices, type AppSettings, OPEN_ACCESS } from '../services.ts'

type ThumbnailResult = Awaited<ReturnType<MakeThumbnail>>

/**
 * Registers `POST /v1/thumbnails`, which makes a thumbnail or finds the stored one, and `GET /v1/thumbnails`, which
 * does the same and redirects to the image, for use as `<img src>`.
 */
export function registerThumbnails (app: App, services: AppServices, settings: AppSettings): void {
  const { presets } = settings.access ?? OPEN_ACCESS
  app.addSchema(ThumbnailSchema)

  registerVideoRoutes(app, (scope) => {
    const makeRoute = { schema: makeThumbnailRoute, config: { takesVideo: true } }
    scope.post('/v1/thumbnails', makeRoute, async (request, reply) => {
      const client = watchClient(reply)
      const { thumbnail, stepTimes } = hasVideo(request)
        ? await makeUploadedThumbnail(services, settings, request, request.query, client)
        : await makeStoredThumbnail(request, readBody(request, request.query), client)
      return addServerTiming(reply, stepTimes)
        .code(thumbnail.cached ? 200 : 201)
        .header('cache-control', 'no-store')
        .send(thumbnail satisfies ThumbnailAnswer)
    })

    scope.get('/v1/thumbnails', { schema: findThumbnailRoute }, async (request, reply) => {
      const isRedirect = !wantsJson(request.headers.accept)
      // S3 signs the method: the URL of a GET does not allow the HEAD of a client that follows the redirect.
      const isHead = isRedirect && request.method === 'HEAD'
      const { thumbnail, urlSeconds, stepTimes } = await makeStoredThumbnail(
        request,
        stripSignature(request.query),
        watchClient(reply),
        isHead ? 'HEAD' : 'GET'
      )
      addServerTiming(reply, stepTimes)
        .header('vary', [reply.getHeader('vary'), 'accept'].filter(Boolean).join(', '))
        // A cache would answer a GET with the Location of a HEAD (RFC 9111, section 4.3.5).
        .header('cache-control', isHead ? 'no-store' : `private, max-age=${redirectMaxAge(urlSeconds)}`)
      if (isRedirect) return reply.code(302).header('location', thumbnail.url).send()
      // A cached response may contain an expired presigned URL, so only delivery URLs, which do not expire, get an
      // ETag.
      if (settings.isDelivered === true) void reply.header('etag', buildEntityTag(thumbnail))
      if (settings.isDelivered === true && fresh(request.headers, { etag: buildEntityTag(thumbnail) })) {
        return reply.code(304).send()
      }
      return reply.code(200).send(thumbnail satisfies ThumbnailAnswer)
    })
  })

  async function makeStoredThumbnail (
    request: FastifyRequest,
    { key, bucket, ...raw }: ThumbnailRequestBody,
    client: AbortSignal,
    urlMethod: UrlMethod = 'GET'
  ): Promise<ThumbnailResult> {
    const identity = readIdentity(request)
    if (identity.presetsOnly) assertPresetOnly(raw, services.authenticate !== undefined)
    const source = readSource(request, { key, bucket }, settings)
    const options = completeOptions(expandPreset(presets, raw))
    return runWithDeadline(request, settings.timeoutMs, client, (signal) =>
      services.makeThumbnail(
        { source, options, ...(urlMethod === 'GET' ? {} : { urlMethod }) },
        {
          signal,
          note: (message) => {
            request.log.info(message)
          }
        }
      )
    )
  }
}

/** Merges the options in the query into the JSON body. Throws if the body is missing or an option is in both. */
function readBody (request: FastifyRequest, query: PresetOptions): ThumbnailRequestBody {
  const body = request.body as ThumbnailRequestBody | undefined
  if (body === undefined) {
    throw new PosterframeError('invalid_request', {
      detail:
        'The request body is missing. Send JSON, such as {"key": "sample.mp4"}, a form with a video file, or the ' +
        'video itself.'
    })
  }
  const duplicate = Object.keys(query).find((name) => Object.hasOwn(body, name))
  if (duplicate !== undefined) throw parameterError(duplicate, 'is in both the query and the body; send it once')
  return { ...query, ...body }
}

/** Returns the query without the parameters of its signature, which was verified before. */
function stripSignature ({ keyId, signedUntil, signature, ...query }: ThumbnailQuery): ThumbnailRequestBody {
  return query
}

/**
 * Returns a weak entity tag, because `work` differs between responses. The key identifies the options, the version of
 * the source and the pixels.
 */
function buildEntityTag ({ key }: Thumbnail): string {
  return `W/"${createHash('sha256').update(key).digest('base64url')}"`
}

/**
 * Returns a lifetime after which a cached redirect still leads to a URL that has not expired, in seconds. Not computed
 * from `expiresAt`, which is by the clock of the store.
 */
function redirectMaxAge (urlSeconds: number): number {
  return Math.max(0, Math.floor(urlSeconds * 0.9))
}

// Returns whether `Accept` names JSON explicitly. Browsers send `*/*` for images, and curl sends it by default.
function wantsJson (accept = ''): boolean {
  return accept
    .split(',')
    .some((range) => /^\s*application\/json\s*(;|$)/i.test(range) && !/;\s*q=0(\.0*)?\s*(;|$)/i.test(range))
}
