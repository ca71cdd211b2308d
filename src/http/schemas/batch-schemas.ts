import { Type } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { acceptedResponse, preferHeader } from './async-job-schemas.ts'
import { MAX_OUTPUT_PIXELS } from '../../options/output-pixels.ts'
import { component, composedOf } from './components.ts'
import { ProblemSchema } from './problem-schema.ts'
import { describeResponses, refer } from './responses.ts'
import { count, list, object, sourceLocation, SourceLocationSchema, strict, NO_QUERY } from './shapes.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'
import { OptionsSchema, ThumbnailSchema } from './thumbnail-schemas.ts'

const MAX_ITEMS = 50
const items = {
  minItems: 1,
  maxItems: MAX_ITEMS,
  description:
    `Options of each thumbnail, at most ${MAX_ITEMS} items with ${MAX_OUTPUT_PIXELS.toLocaleString('en')} pixels ` +
    'together. A side that is not given counts like the other one, and as 1,920 if neither is.'
}

/** JSON body of `POST /v1/thumbnails/batch`, for the document. */
export const BatchRequestSchema = Type.Object(
  { ...sourceLocation, items: Type.Array(OptionsSchema, items) },
  {
    ...strict,
    ...component('schemas/BatchRequest'),
    ...composedOf(SourceLocationSchema),
    description: 'Thumbnails of one video in the store.',
    examples: [
      {
        key: 'sample.mp4',
        items: [
          { timestamp: '12.5s', width: 320 },
          { timestamp: '12.5s', width: 640 },
          { timestamp: '50pct', format: 'webp' }
        ]
      }
    ]
  }
)

/**
 * JSON body of `POST /v1/thumbnails/batch`, for validation. Each item is then validated by itself, since an invalid
 * item does not affect the others.
 */
export const OuterBatchSchema = Type.Object(
  { ...sourceLocation, items: Type.Array(Type.Unknown(), { ...items, examples: [[{ timestamp: '12.5s' }]] }) },
  strict
)

/** Schema that validates each item. */
export const BatchItemSchema = OptionsSchema

/** Response body of `POST /v1/thumbnails/batch`. */
export const BatchSchema = Type.Object(
  {
    thumbnails: list(
      Type.Union([
        Type.Unsafe(refer(ThumbnailSchema)),
        object({ error: Type.Unsafe(refer(ProblemSchema)) }, 'Error of this item.')
      ])
    ),
    srcset: Type.String({
      description:
        'Value for `<img srcset>`: the thumbnails that show the same frame in the same format as the first one, one ' +
        'per width. Empty if every item failed.'
    }),
    work: object(
      { bytesRead: count, requests: count, packetsDecoded: count },
      'Totals of the batch. Shared reads count once, with the first item that needed them.'
    )
  },
  { ...strict, $id: 'Batch' }
)

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'unsupported_content_type']

/** `POST /v1/thumbnails/batch`. */
export const makeBatchRoute = {
  operationId: 'makeBatch',
  tags: ['thumbnails'],
  summary: 'Create several thumbnails of one video',
  description:
    'Reads the index of the video once, coalesces the reads of all frames, and decodes a frame once for all its ' +
    'sizes. The results are in the order of the items; an invalid item has an error in its place.',
  headers: preferHeader,
  querystring: NO_QUERY,
  body: { content: { 'application/json': { schema: BatchRequestSchema } } },
  response: {
    200: {
      description: 'One result per item.',
      headers: SERVER_TIMING,
      content: { 'application/json': { schema: refer(BatchSchema) } }
    },
    ...acceptedResponse,
    ...describeResponses(CODES)
  }
}
