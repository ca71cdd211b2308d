import type { Static } from 'typebox'
import { completePreviewOptions } from '../../options/preview-options.ts'
import { answerAsyncJob, type PrepareJob } from './async-job.ts'
import { makePreviewRoute, type PreviewRequestSchema, PreviewSchema } from '../schemas/preview-schemas.ts'
import { readSource } from '../source-request.ts'
import type { App, AppServices, AppSettings } from '../services.ts'

/** `POST /v1/previews` makes an animated preview or finds it. */
export function registerPreviews (app: App, { makePreview, jobs }: AppServices, settings: AppSettings): PrepareJob {
  const prepare: PrepareJob = (request, question) => {
    const { key, bucket, ...raw } = question as Static<typeof PreviewRequestSchema>
    const source = readSource(request, { key, bucket }, settings.defaultBucket)
    const options = completePreviewOptions(raw)
    return async (context) => {
      const { preview, stepTimes } = await makePreview({ source, options }, context)
      return { status: preview.cached ? 200 : 201, body: preview satisfies Static<typeof PreviewSchema>, stepTimes }
    }
  }

  app.addSchema(PreviewSchema)
  app.post(
    '/v1/previews',
    { schema: makePreviewRoute },
    async (request, reply) => await answerAsyncJob(request, reply, { ...settings, kind: 'preview', prepare, jobs })
  )
  return prepare
}
