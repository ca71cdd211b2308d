import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { createBodyCheck } from '../../input/check-input.ts'
import { isPosterframeError, type PosterframeError } from '../../errors.ts'
import { assertOutputPixels } from '../../options/output-pixels.ts'
import { completeOptions, type ThumbnailOptions } from '../../options/thumbnail-options.ts'
import { expandPreset, type Presets } from '../../options/presets.ts'
import { buildSrcset } from '../../thumbnails/srcset.ts'
import type { Thumbnail } from '../../thumbnails/thumbnail.ts'
import { BatchItemSchema, BatchSchema, makeBatchRoute, OuterBatchSchema } from '../schemas/batch-schemas.ts'
import { handleJobRequest, type PrepareJob } from './async-job.ts'
import { describeProblem } from '../problem.ts'
import { compileValidator } from '../validation.ts'
import { readSource } from '../source-request.ts'
import { type App, type AppServices, type AppSettings, OPEN_ACCESS } from '../services.ts'

const checkItem = createBodyCheck(
  BatchItemSchema,
  'Each of the items must be a JSON object with the options of a thumbnail, such as {"timestamp": "12.5s"}.'
)
const checkBody = createBodyCheck(OuterBatchSchema)

/** Registers `POST /v1/thumbnails/batch`, which makes several thumbnails of one video. */
export function registerBatch (app: App, { makeBatch, jobs }: AppServices, settings: AppSettings): PrepareJob {
  const { presets } = settings.access ?? OPEN_ACCESS
  const prepare: PrepareJob = (request, rawBody) => {
    const body = rawBody as Static<typeof OuterBatchSchema>
    const source = readSource(request, body, settings)
    const items = body.items.map((item) => readItem(item, presets))
    assertOutputPixels(items.flatMap((item) => (isPosterframeError(item) ? [] : [item])), 'items')
    return async (context) => {
      const {
        batch: { thumbnails, work },
        stepTimes
      } = await makeBatch({ source, items }, context)
      const srcset = buildSrcset(thumbnails.flatMap((thumbnail) => (isPosterframeError(thumbnail) ? [] : [thumbnail])))
      return {
        status: 200,
        body: { thumbnails: thumbnails.map((thumbnail) => describeItem(thumbnail, request)), srcset, work },
        stepTimes
      }
    }
  }

  app.addSchema(BatchSchema)
  app.post(
    '/v1/thumbnails/batch',
    {
      schema: makeBatchRoute,
      validatorCompiler: (route) => (route.httpPart === 'body' ? checkBody : compileValidator(route))
    },
    async (request, reply) => {
      return await handleJobRequest(request, reply, { ...settings, kind: 'batch', prepare, jobs })
    }
  )
  return prepare
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
