import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { createBodyCheck } from '../check-input.ts'
import { isPosterframeError, type PosterframeError } from '../errors.ts'
import { completeOptions, type ThumbnailOptions } from '../thumbnails/options.ts'
import { expandPreset, type Presets } from '../thumbnails/presets.ts'
import type { Thumbnail } from '../thumbnails/thumbnail.ts'
import { OPEN_ACCESS } from './access.ts'
import type { App, AppServices, AppSettings } from './app.ts'
import { BatchItemSchema, BatchSchema, makeBatchRoute, OuterBatchSchema } from './batch-schemas.ts'
import { describeProblem } from './problem.ts'
import { runWithDeadline, watchClient } from './request-signal.ts'
import { addServerTiming } from './server-timing.ts'
import { readSource } from './source-request.ts'

const checkItem = createBodyCheck(BatchItemSchema)
const checkBody = createBodyCheck(OuterBatchSchema)

/** `POST /v1/thumbnails/batch` makes several thumbnails of one video. */
export function registerBatch (app: App, { makeBatch }: AppServices, { defaultBucket, timeoutMs, access = OPEN_ACCESS }: AppSettings): void {
  app.addSchema(BatchSchema)

  app.post('/v1/thumbnails/batch', { schema: makeBatchRoute, validatorCompiler: () => checkBody }, async (request, reply) => {
    const body = request.body as Static<typeof OuterBatchSchema>
    const source = readSource(request, body, defaultBucket)
    const items = body.items.map((item) => readItem(item, access.presets))
    const note = (message: string) => { request.log.info(message) }
    const { batch, stepTimes } = await runWithDeadline(request, timeoutMs, watchClient(reply), (signal) => makeBatch({ source, items }, { signal, note }))
    const { thumbnails, work } = batch
    return addServerTiming(reply, stepTimes).code(200).header('cache-control', 'no-store').send({
      thumbnails: thumbnails.map((thumbnail) => describeItem(thumbnail, request)),
      srcset: writeSrcset(thumbnails.flatMap((thumbnail) => isPosterframeError(thumbnail) ? [] : [thumbnail])),
      work
    })
  })
}

function readItem (item: unknown, presets: Presets): ThumbnailOptions | PosterframeError {
  const checked = checkItem(item)
  if ('error' in checked) return checked.error
  try {
    return completeOptions(expandPreset(presets, checked.value))
  } catch (error) {
    if (isPosterframeError(error)) return error
    throw error
  }
}

function describeItem (thumbnail: Thumbnail | PosterframeError, { id }: FastifyRequest) {
  return isPosterframeError(thumbnail) ? { error: describeProblem(thumbnail, id) } : thumbnail
}

function writeSrcset (thumbnails: readonly Thumbnail[]): string {
  const [first] = thumbnails
  const alike = thumbnails.filter(({ timestamp, contentType }) => timestamp === first?.timestamp && contentType === first.contentType)
  const byWidth = new Map(alike.toReversed().map(({ width, url }) => [width, url]))
  return [...byWidth].reverse().map(([width, url]) => `${url} ${width}w`).join(', ')
}
