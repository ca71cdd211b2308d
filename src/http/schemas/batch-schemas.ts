import { Type } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { requestOptions } from '../../options/option-schemas.ts'
import { acceptedResponse, preferHeader } from './async-job-schemas.ts'
import { describeResponses, refer } from './responses.ts'
import { address, answer, list, OptionsSchema, ProblemSchema, strict, ThumbnailSchema } from './thumbnail-schemas.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'

const MAX_ITEMS = 50
const items = {
  minItems: 1,
  maxItems: MAX_ITEMS,
  description: `The thumbnails that are wanted, at most ${MAX_ITEMS}: the options of each.`
}

/** The JSON body of `POST /v1/thumbnails/batch`, as it is printed. */
export const BatchRequestSchema = Type.Object(
  { ...address, items: Type.Array(Type.Object(requestOptions, strict), items) },
  strict
)

/**
 * The same as it is checked at first: each item is then checked by itself, since one that is wrong does not spoil the
 * others.
 */
export const OuterBatchSchema = Type.Object({ ...address, items: Type.Array(Type.Unknown(), items) }, strict)

/** What each item is checked by. */
export const BatchItemSchema = OptionsSchema

/** The answer of `POST /v1/thumbnails/batch`. */
export const BatchSchema = Type.Object(
  {
    thumbnails: list(
      Type.Union([
        Type.Unsafe(refer(ThumbnailSchema)),
        answer({ error: Type.Unsafe(refer(ProblemSchema)) }, 'Why there is no thumbnail for this item.')
      ])
    ),
    srcset: Type.String({
      description:
        'For `<img srcset>`: the thumbnails that show the same frame in the same format as the first one, each ' +
          'width once. Empty where there are none.'
    }),
    work: answer(
      {
        bytesRead: Type.Integer({ minimum: 0 }),
        requests: Type.Integer({ minimum: 0 }),
        packetsDecoded: Type.Integer({ minimum: 0 })
      },
      'What all cost together. What was read for several is counted with the first of them.'
    )
  },
  { ...strict, $id: 'Batch' }
)

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'unsupported_content_type']

/** What `POST /v1/thumbnails/batch` takes and answers. */
export const makeBatchRoute = {
  operationId: 'makeBatch',
  tags: ['thumbnails'],
  summary: 'Make several thumbnails of one video, or find them',
  description:
    'The video is asked for and its index read once; frames are read by one plan and decoded in as few runs as ' +
      'can be, and one frame in several sizes is decoded once. Answers in the order asked for; what is wrong with ' +
      'an item stands in its place.',
  headers: preferHeader,
  body: { content: { 'application/json': { schema: BatchRequestSchema } } },
  response: {
    200: {
      description: 'What became of each.',
      headers: SERVER_TIMING,
      content: { 'application/json': { schema: refer(BatchSchema) } }
    },
    ...acceptedResponse,
    ...describeResponses(CODES)
  }
}
