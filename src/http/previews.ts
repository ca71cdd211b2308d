import type { Static } from 'typebox'
import { completePreviewOptions } from '../thumbnails/preview-options.ts'
import type { App, AppServices, AppSettings } from './app.ts'
import { makePreviewRoute, type PreviewRequestSchema, PreviewSchema } from './preview-schemas.ts'
import { runWithDeadline, watchClient } from './request-signal.ts'
import { addServerTiming } from './server-timing.ts'
import { readSource } from './source-request.ts'

/** `POST /v1/previews` makes an animated preview or finds it. */
export function registerPreviews (app: App, { makePreview }: AppServices, { defaultBucket, timeoutMs }: AppSettings): void {
  app.addSchema(PreviewSchema)

  app.post('/v1/previews', { schema: makePreviewRoute }, async (request, reply) => {
    const { key, bucket, ...raw } = request.body as Static<typeof PreviewRequestSchema>
    const source = readSource(request, { key, bucket }, defaultBucket)
    const options = completePreviewOptions(raw)
    const note = (message: string) => { request.log.info(message) }
    const { preview, stepTimes } = await runWithDeadline(request, timeoutMs, watchClient(reply), (signal) => makePreview({ source, options }, { signal, note }))
    return addServerTiming(reply, stepTimes).code(preview.cached ? 200 : 201).header('cache-control', 'no-store').send(preview satisfies Static<typeof PreviewSchema>)
  })
}
