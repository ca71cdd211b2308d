import fresh from 'fresh'
import { runWithDeadline, watchClient } from '../request-signal.ts'
import { addServerTiming } from '../server-timing.ts'
import { readSource } from '../source-request.ts'
import { describeSourceRoute, VideoSchema } from '../schemas/video-schemas.ts'
import type { App, AppServices, AppSettings } from '../services.ts'

/** Registers `GET /v1/videos`, which returns the metadata of a video. */
export function registerVideos (
  app: App,
  { describeSource }: AppServices,
  settings: AppSettings
): void {
  app.addSchema(VideoSchema)

  app.get('/v1/videos', { schema: describeSourceRoute }, async (request, reply) => {
    const source = readSource(request, request.query, settings)
    const isKnown = (etag: string) => fresh(request.headers, { etag: buildEntityTag(etag) })
    const note = (message: string) => {
      request.log.info(message)
    }
    const { etag, video, stepTimes } = await runWithDeadline(
      request,
      settings.timeoutMs,
      watchClient(reply),
      (signal) => describeSource(source, { signal, isKnown, note })
    )
    addServerTiming(reply, stepTimes).headers({ etag: buildEntityTag(etag), 'cache-control': 'private, no-cache' })
    return video === undefined
      ? reply.code(304).send()
      : reply.code(200).send({ ...video, bucket: source.bucket, key: source.key })
  })
}

/**
 * Returns a weak entity tag, because `work` differs between responses. Contains the version of the response format,
 * which may gain members.
 */
function buildEntityTag (etag: string): string {
  return `W/"video-1-${etag}"`
}
