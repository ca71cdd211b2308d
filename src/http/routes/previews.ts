import type { Static } from 'typebox'
import { completePreviewOptions } from '../../options/preview-options.ts'
import { makePreviewRoute, PreviewSchema } from '../schemas/preview-schemas.ts'
import type { App, AppServices, AppSettings } from '../services.ts'
import type { PrepareJob } from './async-job.ts'
import { registerProduct } from './product.ts'

/** Registers `POST /v1/previews`, which makes an animated preview or finds the stored one. */
export function registerPreviews (app: App, services: AppServices, settings: AppSettings): PrepareJob {
  return registerProduct(
    app,
    {
      kind: 'preview',
      path: '/v1/previews',
      schema: makePreviewRoute,
      resultSchema: PreviewSchema,
      completeOptions: completePreviewOptions,
      make: async (request, context) => {
        const { preview, stepTimes } = await services.makePreview(request, context)
        return { result: preview satisfies Static<typeof PreviewSchema>, stepTimes }
      }
    },
    services,
    settings
  )
}
