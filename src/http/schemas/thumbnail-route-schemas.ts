import type { ErrorCode } from '../../errors.ts'
import { component } from './components.ts'
import { describeResponses, refer } from './responses.ts'
import {
  OptionsSchema,
  ThumbnailQuerySchema,
  ThumbnailRequestSchema,
  ThumbnailSchema,
  UploadFormSchema,
  VideoBodySchema
} from './thumbnail-schemas.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'invalid_timestamp', 'timestamp_out_of_range']

const cacheControl = {
  'Cache-Control': {
    ...component('headers/ThumbnailCacheControl'),
    type: 'string',
    description: 'Private, with a shorter lifetime than the URL.'
  }
}
const entityTag = {
  ETag: { type: 'string', description: 'Only with permanent URLs (`POSTERFRAME_DELIVERY_URL`).' }
}
const thumbnail = { 'application/json': { schema: refer(ThumbnailSchema) } }

/** `POST /v1/thumbnails`. */
export const makeThumbnailRoute = {
  operationId: 'makeThumbnail',
  tags: ['thumbnails'],
  summary: 'Create a thumbnail',
  description:
    'Extracts a frame from a video in the store (JSON with `key`) or from an uploaded one (form with a file, or the ' +
    'video itself as the body), stores the image and returns its presigned URL. Requests are idempotent: the same ' +
    'options map to the same object key, so a repeated request returns the stored thumbnail. Options may also be ' +
    'passed as query parameters of the same names, and must be if the body is the video itself; passing an option in ' +
    'both the query and the body is an error.',
  querystring: OptionsSchema,
  body: {
    content: {
      'application/json': { schema: ThumbnailRequestSchema },
      'multipart/form-data': { schema: UploadFormSchema },
      'video/*': { schema: VideoBodySchema },
      'application/octet-stream': { schema: VideoBodySchema }
    }
  },
  response: {
    200: { description: 'The thumbnail existed.', headers: SERVER_TIMING, content: thumbnail },
    201: { description: 'The thumbnail was created.', headers: SERVER_TIMING, content: thumbnail },
    ...describeResponses([...CODES, 'upload_too_large', 'upload_stalled', 'unsupported_content_type'])
  }
}

/** `GET /v1/thumbnails`. */
export const findThumbnailRoute = {
  operationId: 'redirectToThumbnail',
  tags: ['thumbnails'],
  summary: 'Redirect to a thumbnail',
  description:
    'For `<img src>`: creates the thumbnail if it does not exist and redirects to its presigned URL. With `Accept: ' +
    'application/json`, returns the JSON of the POST, always with status 200. A signed URL (`docs/signing.md`) needs ' +
    'no API key, so a web page can contain it.',
  security: [{}, { bearer: [] }, { apiKey: [] }, { signedUrl: [] }],
  querystring: ThumbnailQuerySchema,
  response: {
    200: {
      description: 'The thumbnail, if the request accepts `application/json`.',
      headers: { ...SERVER_TIMING, ...cacheControl, ...entityTag },
      content: thumbnail
    },
    304: { description: 'The thumbnail is unchanged since the ETag in `If-None-Match`.', type: 'null' },
    302: {
      type: 'null',
      description: 'Redirect to the presigned URL.',
      headers: {
        Location: { type: 'string', format: 'uri', description: 'Presigned URL of the image.' },
        ...SERVER_TIMING,
        ...cacheControl
      }
    },
    ...describeResponses([...CODES, 'invalid_signature'])
  }
}
