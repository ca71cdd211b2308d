import type { FastifyRequest } from 'fastify'
import fresh from 'fresh'
import { createHash } from 'node:crypto'
import { parameterError } from '../../check-input.ts'
import { PosterframeError } from '../../errors.ts'
import { completeOptions } from '../../options/thumbnail-options.ts'
import { expandPreset, type PresetOptions } from '../../options/presets.ts'
import type { MakeThumbnail, Thumbnail } from '../../thumbnails/thumbnail.ts'
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
import { makeFromUpload } from './uploaded-thumbnail.ts'
import { type App, type AppServices, type AppSettings, OPEN_ACCESS } from '../services.ts'

type Made = Awaited<ReturnType<MakeThumbnail>>

/** `POST /v1/thumbnails` makes a thumbnail or finds it; `GET /v1/thumbnails` does the same for an `<img src>`. */
export function registerThumbnails (app: App, services: AppServices, settings: AppSettings): void {
  const { presets } = settings.access ?? OPEN_ACCESS
  app.addSchema(ThumbnailSchema)

  app.post('/v1/thumbnails', { schema: makeThumbnailRoute }, async (request, reply) => {
    const client = watchClient(reply)
    const { thumbnail, stepTimes } = request.isMultipart()
      ? await makeFromUpload(services, settings, request, request.query, client)
      : await makeFromKey(request, readBody(request, request.query), client)
    return addServerTiming(reply, stepTimes)
      .code(thumbnail.cached ? 200 : 201)
      .header('cache-control', 'no-store')
      .send(thumbnail satisfies ThumbnailAnswer)
  })

  app.get('/v1/thumbnails', { schema: findThumbnailRoute }, async (request, reply) => {
    const { thumbnail, stepTimes } = await makeFromKey(request, stripSignature(request.query), watchClient(reply))
    addServerTiming(reply, stepTimes)
      .header('vary', [reply.getHeader('vary'), 'accept'].filter(Boolean).join(', '))
      .header('cache-control', `private, max-age=${redirectMaxAge(thumbnail)}`)
    if (!wantsJson(request.headers.accept)) return reply.code(302).header('location', thumbnail.url).send()
    // A presigned URL that the client has kept may be dead: there an answer is never as good as a new one.
    if (settings.isDelivered === true) void reply.header('etag', buildEntityTag(thumbnail))
    if (settings.isDelivered === true && fresh(request.headers, { etag: buildEntityTag(thumbnail) })) {
      return reply.code(304).send()
    }
    return reply.code(200).send(thumbnail satisfies ThumbnailAnswer)
  })

  async function makeFromKey (
    request: FastifyRequest,
    { key, bucket, ...raw }: ThumbnailRequestBody,
    client: AbortSignal
  ): Promise<Made> {
    const identity = readIdentity(request)
    if (identity.presetsOnly) assertPresetOnly(raw, services.authenticate !== undefined)
    const source = readSource(request, { key, bucket }, settings.defaultBucket)
    const options = completeOptions(expandPreset(presets, raw))
    return runWithDeadline(request, settings.timeoutMs, client, (signal) =>
      services.makeThumbnail(
        { source, options },
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

/** The JSON body with the options of the query beside its own. */
function readBody (request: FastifyRequest, query: PresetOptions): ThumbnailRequestBody {
  const body = request.body as ThumbnailRequestBody | undefined
  if (body === undefined) {
    throw new PosterframeError('invalid_request', {
      detail: "The body is missing: send JSON with a 'key', or a form with a 'file'."
    })
  }
  const twice = Object.keys(query).find((name) => Object.hasOwn(body, name))
  if (twice !== undefined) throw parameterError(twice, 'stands both in the query and in the body')
  return { ...query, ...body }
}

/** What is left of a query once its signature has been checked. */
function stripSignature ({ keyId, signedUntil, signature, ...query }: ThumbnailQuery): ThumbnailRequestBody {
  return query
}

/** Weak, since what was counted differs: the key stands for the question, the source's version and the pixels. */
function buildEntityTag ({ key }: Thumbnail): string {
  return `W/"${createHash('sha256').update(key).digest('base64url')}"`
}

// A redirect taken from a cache must lead to a URL that still lives when the picture is fetched.
function redirectMaxAge ({ expiresAt }: Thumbnail): number {
  return Math.max(0, Math.floor(((Date.parse(expiresAt) - Date.now()) / 1000) * 0.9))
}

// Only where JSON is asked for by name: `*/*` is what a browser sends for a picture, and curl for anything.
function wantsJson (accept = ''): boolean {
  return accept
    .split(',')
    .some((range) => /^\s*application\/json\s*(;|$)/i.test(range) && !/;\s*q=0(\.0*)?\s*(;|$)/i.test(range))
}
