import fresh from 'fresh'
import { runWithDeadline, watchClient } from '../request-signal.ts'
import { addServerTiming } from '../server-timing.ts'
import { readSource } from '../source-request.ts'
import { describeSourceRoute, VideoSchema } from '../schemas/video-schemas.ts'
import type { App, AppServices, AppSettings } from '../services.ts'

/** `GET /v1/videos` says what a video is. */
export function registerVideos (
  app: App,
  { describeSource }: AppServices,
  { defaultBucket, timeoutMs }: AppSettings
): void {
  app.addSchema(VideoSchema)

  app.get('/v1/videos', { schema: describeSourceRoute }, async (request, reply) => {
    const source = readSource(request, request.query, defaultBucket)
    const isKnown = (etag: string) => fresh(request.headers, { etag: tag(etag) })
    const note = (message: string) => {
      request.log.info(message)
    }
    const { etag, video, stepTimes } = await runWithDeadline(request, timeoutMs, watchClient(reply), (signal) =>
      describeSource(source, { signal, isKnown, note })
    )
    addServerTiming(reply, stepTimes).headers({ etag: tag(etag), 'cache-control': 'private, no-cache' })
    return video === undefined
      ? reply.code(304).send()
      : reply.code(200).send({ ...video, bucket: source.bucket, key: source.key })
  })
}

/** Weak, since `work` differs from answer to answer; with the shape of the answer, since that may get more members. */
function tag (etag: string): string {
  return `W/"video-1-${etag}"`
}
