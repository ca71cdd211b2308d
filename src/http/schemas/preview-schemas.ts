import { Type } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { PREVIEW_DEFAULTS, PREVIEW_KINDS, PREVIEW_RANGES } from '../../options/preview-options.ts'
import { acceptedResponse, preferHeader } from './async-job-schemas.ts'
import { describeResponses, refer } from './responses.ts'
import { address, answer, list, strict } from './thumbnail-schemas.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'

const whole = (name: keyof typeof PREVIEW_RANGES, description: string) =>
  Type.Optional(Type.Integer({ ...PREVIEW_RANGES[name], default: PREVIEW_DEFAULTS[name], description }))

/** The JSON body of `POST /v1/previews`. */
export const PreviewRequestSchema = Type.Object(
  {
    ...address,
    kind: Type.Optional(
      Type.Enum(PREVIEW_KINDS, {
        default: PREVIEW_DEFAULTS.kind,
        description:
          '`best`: single seconds from all over the video that are worth showing. `span`: one span, from `start` on.'
      })
    ),
    start: Type.Optional(
      Type.Number({
        ...PREVIEW_RANGES.start,
        default: PREVIEW_DEFAULTS.start,
        description: 'Where a `span` begins, in seconds from the start of the video.'
      })
    ),
    duration: whole('duration', 'Seconds that it lasts.'),
    width: whole('width', 'Neither side has more pixels; fewer where the video is smaller.'),
    framesPerSecond: whole('framesPerSecond', 'Frames a second; fewer where all of them would not fit into memory.'),
    quality: whole('quality', 'Quality of the encoding; less where the file would be too large.'),
    maxBytes: whole('maxBytes', 'The file is not larger.'),
    expires: whole('expires', 'Seconds that the presigned URL lives.'),
    regenerate: Type.Optional(
      Type.Boolean({ default: PREVIEW_DEFAULTS.regenerate, description: 'Make the preview again even if it is there.' })
    )
  },
  strict
)

const pixels = Type.Integer({ minimum: 1 })
const count = Type.Integer({ minimum: 0 })

/** The answer of `POST /v1/previews`. */
export const PreviewSchema = Type.Object(
  {
    url: Type.String({ format: 'uri', description: 'Presigned GET of the preview.' }),
    expiresAt: Type.String({ format: 'date-time', description: 'When the URL dies.' }),
    bucket: Type.String(),
    key: Type.String(),
    contentType: Type.Literal('image/webp'),
    bytes: count,
    width: pixels,
    height: pixels,
    frames: Type.Integer({ minimum: 1 }),
    framesPerSecond: Type.Number({ minimum: 0 }),
    moments: list(Type.Number({ minimum: 0 })),
    quality: Type.Integer({ minimum: 1, maximum: 100, description: 'What it could be made with.' }),
    cached: Type.Boolean({ description: 'Whether the preview was there already.' }),
    work: answer(
      { mode: Type.Enum(['ranged', 'full', 'cached']), bytesRead: count, requests: count, packetsDecoded: count },
      'What it cost.'
    ),
    warnings: list(answer({ code: Type.String(), detail: Type.String() }))
  },
  { ...strict, $id: 'Preview' }
)

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'unsupported_content_type', 'timestamp_out_of_range']
const preview = { 'application/json': { schema: refer(PreviewSchema) } }

/** What `POST /v1/previews` takes and answers. */
export const makePreviewRoute = {
  operationId: 'makePreview',
  tags: ['previews'],
  summary: 'Make an animated preview, or find the one that is there',
  description:
    'A few seconds of a video as an animated WebP. The same question always has the same key: a second request ' +
      'finds the preview of the first.',
  headers: preferHeader,
  body: { content: { 'application/json': { schema: PreviewRequestSchema } } },
  response: {
    200: { description: 'It was there.', headers: SERVER_TIMING, content: preview },
    201: { description: 'It was made.', headers: SERVER_TIMING, content: preview },
    ...acceptedResponse,
    ...describeResponses(CODES)
  }
}
