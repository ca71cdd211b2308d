import type { Static } from 'typebox'
import { completeStoryboardOptions } from '../thumbnails/storyboard-options.ts'
import type { App, AppServices, AppSettings } from './app.ts'
import { runWithDeadline, watchClient } from './request-signal.ts'
import { addServerTiming } from './server-timing.ts'
import { readSource } from './source-request.ts'
import { makeStoryboardRoute, type StoryboardRequestSchema, StoryboardSchema } from './storyboard-schemas.ts'

/** `POST /v1/storyboards` makes a storyboard or finds it. */
export function registerStoryboards (app: App, { makeStoryboard }: AppServices, { defaultBucket, timeoutMs }: AppSettings): void {
  app.addSchema(StoryboardSchema)

  app.post('/v1/storyboards', { schema: makeStoryboardRoute }, async (request, reply) => {
    const { key, bucket, ...raw } = request.body as Static<typeof StoryboardRequestSchema>
    const source = readSource(request, { key, bucket }, defaultBucket)
    const options = completeStoryboardOptions(raw)
    const note = (message: string) => { request.log.info(message) }
    const { storyboard, stepTimes } = await runWithDeadline(request, timeoutMs, watchClient(reply), (signal) => makeStoryboard({ source, options }, { signal, note }))
    return addServerTiming(reply, stepTimes).code(storyboard.cached ? 200 : 201).header('cache-control', 'no-store').send(storyboard satisfies Static<typeof StoryboardSchema>)
  })
}
