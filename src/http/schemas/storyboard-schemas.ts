import { Type } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { storyboardOptions } from '../../options/option-schemas.ts'
import { acceptedResponse, preferHeader } from './async-job-schemas.ts'
import { component, composedOf } from './components.ts'
import { describeResponses, refer } from './responses.ts'
import {
  count,
  list,
  nullable,
  object,
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

/** JSON body of `POST /v1/storyboards`. */
export const StoryboardRequestSchema = Type.Object(
  { ...sourceLocation, ...storyboardOptions },
  {
    ...strict,
    ...component('schemas/StoryboardRequest'),
    ...composedOf(SourceLocationSchema),
    examples: [{ key: 'sample.mp4', interval: '2s' }]
  }
)

const file = { url: Type.String({ format: 'uri', description: 'Presigned URL.' }), key: Type.String() }

/** Response body of `POST /v1/storyboards`. */
export const StoryboardSchema = Type.Object(
  {
    bucket: Type.String(),
    expiresAt: Type.String({ format: 'date-time', description: 'Expiry of the first of the URLs.' }),
    sheets: list(object({ ...file, width: pixels, height: pixels }, 'Image with tiles.')),
    vtt: object(
      file,
      'WebVTT for a player, with presigned URLs of the sheets (`#xywh`), which expire at `expiresAt`.'
    ),
    manifest: object(
      file,
      'JSON with the tiles and the relative file names of the sheets. In the same folder, `storyboard.vtt` is a ' +
      'WebVTT file with the same relative names, for a CDN that serves the folder.'
    ),
    tiles: list(
      object({
        timestamp: Type.Number({
          minimum: 0,
          description:
            'Presentation time of the frame in seconds, rounded up to the microsecond. A player shows the tile from ' +
            'this time on.'
        }),
        sheet: Type.Integer({ minimum: 0, description: 'Index in `sheets`.' }),
        x: count,
        y: count,
        width: pixels,
        height: pixels
      })
    ),
    tileWidth: pixels,
    tileHeight: pixels,
    duration: nullable(seconds, 'Duration of the video in seconds. Null if unknown.'),
    cached: Type.Boolean({ description: 'Whether the storyboard existed before the request.' }),
    work: WorkSchema,
    warnings: list(WarningSchema)
  },
  { ...strict, $id: 'Storyboard' }
)

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'unsupported_content_type']
const storyboard = { 'application/json': { schema: refer(StoryboardSchema) } }

/** `POST /v1/storyboards`. */
export const makeStoryboardRoute = {
  operationId: 'makeStoryboard',
  tags: ['storyboards'],
  summary: 'Create a storyboard',
  description:
    'Sprite sheets with tiles of a whole video, and WebVTT for the seek preview of a player. Requests are ' +
    'idempotent, like those for thumbnails.',
  headers: preferHeader,
  querystring: NO_QUERY,
  body: { content: { 'application/json': { schema: StoryboardRequestSchema } } },
  response: {
    200: { description: 'The storyboard existed.', headers: SERVER_TIMING, content: storyboard },
    201: { description: 'The storyboard was created.', headers: SERVER_TIMING, content: storyboard },
    ...acceptedResponse,
    ...describeResponses(CODES)
  }
}
