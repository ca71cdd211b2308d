import type { Static } from 'typebox'
import { completeStoryboardOptions } from '../../options/storyboard-options.ts'
import { answerAsyncJob, type PrepareJob } from './async-job.ts'
import { readSource } from '../source-request.ts'
import { makeStoryboardRoute, type StoryboardRequestSchema, StoryboardSchema } from '../schemas/storyboard-schemas.ts'
import type { App, AppServices, AppSettings } from '../services.ts'

/** `POST /v1/storyboards` makes a storyboard or finds it. */
export function registerStoryboards (
  app: App,
  { makeStoryboard, jobs }: AppServices,
  settings: AppSettings
): PrepareJob {
  const prepare: PrepareJob = (request, question) => {
    const { key, bucket, ...raw } = question as Static<typeof StoryboardRequestSchema>
    const source = readSource(request, { key, bucket }, settings.defaultBucket)
    const options = completeStoryboardOptions(raw)
    return async (context) => {
      const { storyboard, stepTimes } = await makeStoryboard({ source, options }, context)
      return {
        status: storyboard.cached ? 200 : 201,
        body: storyboard satisfies Static<typeof StoryboardSchema>,
        stepTimes
      }
    }
  }

  app.addSchema(StoryboardSchema)
  app.post(
    '/v1/storyboards',
    { schema: makeStoryboardRoute },
    async (request, reply) => await answerAsyncJob(request, reply, { ...settings, kind: 'storyboard', prepare, jobs })
  )
  return prepare
}
