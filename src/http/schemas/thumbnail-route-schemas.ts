import type { ErrorCode } from '../../errors.ts'
import { describeResponses, refer } from './responses.ts'
import {
  OptionsSchema,
  ThumbnailQuerySchema,
  ThumbnailRequestSchema,
  ThumbnailSchema,
  UploadFormSchema
} from './thumbnail-schemas.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'invalid_timestamp', 'timestamp_out_of_range']

const cacheControl = { 'Cache-Control': { type: 'string', description: 'Private, and shorter than the URL lives.' } }
const entityTag = {
  ETag: { type: 'string', description: 'Only where thumbnails have URLs that last (`POSTERFRAME_DELIVERY_URL`).' }
}
const thumbnail = { 'application/json': { schema: refer(ThumbnailSchema) } }

/** What `POST /v1/thumbnails` takes and answers. */
export const makeThumbnailRoute = {
  operationId: 'makeThumbnail',
  tags: ['thumbnails'],
  summary: 'Make a thumbnail, or find the one that is there',
  description:
    'Of a video in the store, by its key, or of a video in the body. The same question always has the same key: ' +
      'a second request finds the thumbnail of the first.',
  querystring: OptionsSchema,
  body: {
    content: {
      'application/json': { schema: ThumbnailRequestSchema },
      'multipart/form-data': { schema: UploadFormSchema }
    }
  },
  response: {
    200: { description: 'It was there.', headers: SERVER_TIMING, content: thumbnail },
    201: { description: 'It was made.', headers: SERVER_TIMING, content: thumbnail },
    ...describeResponses([...CODES, 'upload_too_large', 'unsupported_content_type'])
  }
}

/** What `GET /v1/thumbnails` takes and answers. */
export const findThumbnailRoute = {
  operationId: 'redirectToThumbnail',
  tags: ['thumbnails'],
  summary: 'Redirect to a thumbnail, which is made where it is not there',
  description:
    'For an `<img src>`. With `Accept: application/json` the answer is the JSON of the POST, with status 200 ' +
      'whether it was made or found. A URL that is signed (`docs/signing.md`) needs no key, so that a page can ' +
      'hold it.',
  security: [{}, { bearer: [] }, { apiKey: [] }, { signedUrl: [] }],
  querystring: ThumbnailQuerySchema,
  response: {
    200: {
      description: 'The thumbnail, with `Accept: application/json`.',
      headers: { ...SERVER_TIMING, ...cacheControl, ...entityTag },
      content: thumbnail
    },
    304: { description: 'The answer that has the entity tag of `If-None-Match` still holds.', type: 'null' },
    302: {
      type: 'null',
      description: 'The thumbnail is at the presigned URL.',
      headers: {
        Location: { type: 'string', format: 'uri', description: 'Presigned GET of the thumbnail.' },
        ...SERVER_TIMING,
        ...cacheControl
      }
    },
    ...describeResponses([...CODES, 'invalid_signature'])
  }
}
