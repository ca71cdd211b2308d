import type { Static } from 'typebox'
import { completeStoryboardOptions } from '../../options/storyboard-options.ts'
import { makeStoryboardRoute, StoryboardSchema } from '../schemas/storyboard-schemas.ts'
import type { App, AppServices, AppSettings } from '../services.ts'
import type { PrepareJob } from './async-job.ts'
import { registerProduct } from './product.ts'

/** Registers `POST /v1/storyboards`, which makes a storyboard or finds the stored one. */
export function registerStoryboards (app: App, services: AppServices, settings: AppSettings): PrepareJob {
  return registerProduct(
    app,
    {
      kind: 'storyboard',
      path: '/v1/storyboards',
      schema: makeStoryboardRoute,
      resultSchema: StoryboardSchema,
      completeOptions: completeStoryboardOptions,
      make: async (request, context) => {
        const { storyboard, stepTimes } = await services.makeStoryboard(request, context)
        return { result: storyboard satisfies Static<typeof StoryboardSchema>, stepTimes }
      }
    },
    services,
    settings
  )
}
