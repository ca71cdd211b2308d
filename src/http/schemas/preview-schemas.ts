import { Type } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { previewOptions } from '../../options/option-schemas.ts'
import { acceptedResponse, preferHeader } from './async-job-schemas.ts'
import { component, composedOf } from './components.ts'
import { describeResponses, refer } from './responses.ts'
import {
  count,
  list,
  pixels,
  seconds,
  sourceLocation,
  SourceLocationSchema,
  strict,
  WarningSchema,
  WorkSchema,
  NO_QUERY
} from './shapes.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'

/** JSON body of `POST /v1/previews`. */
export const PreviewRequestSchema = Type.Object(
  { ...sourceLocation, ...previewOptions },
  {
    ...strict,
    ...component('schemas/PreviewRequest'),
    ...composedOf(SourceLocationSchema),
    examples: [{ key: 'sample.mp4', duration: 3 }]
  }
)

/** Response body of `POST /v1/previews`. */
export const PreviewSchema = Type.Object(
  {
    url: Type.String({ format: 'uri', description: 'Presigned URL of the preview.' }),
    expiresAt: Type.String({ format: 'date-time', description: 'Expiry of the URL.' }),
    bucket: Type.String(),
    key: Type.String(),
    contentType: Type.Literal('image/webp'),
    bytes: count,
    width: pixels,
    height: pixels,
    frames: Type.Integer({ minimum: 1, description: 'Number of frames.' }),
    framesPerSecond: Type.Number({ minimum: 0 }),
    moments: Type.Immutable(
      Type.Array(seconds, { description: 'Start of each part in seconds.' })
    ),
    quality: Type.Integer({ minimum: 1, maximum: 100, description: 'Encoding quality of the file.' }),
    cached: Type.Boolean({ description: 'Whether the preview existed before the request.' }),
    work: WorkSchema,
    warnings: list(WarningSchema)
  },
  { ...strict, $id: 'Preview' }
)

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'unsupported_content_type', 'timestamp_out_of_range']
const preview = { 'application/json': { schema: refer(PreviewSchema) } }

/** `POST /v1/previews`. */
export const makePreviewRoute = {
  operationId: 'makePreview',
  tags: ['previews'],
  summary: 'Create an animated preview',
  description: 'A few seconds of a video as an animated WebP. Requests are idempotent, like those for thumbnails.',
  headers: preferHeader,
  querystring: NO_QUERY,
  body: { content: { 'application/json': { schema: PreviewRequestSchema } } },
  response: {
    200: { description: 'The preview existed.', headers: SERVER_TIMING, content: preview },
    201: { description: 'The preview was created.', headers: SERVER_TIMING, content: preview },
    ...acceptedResponse,
    ...describeResponses(CODES)
  }
}
