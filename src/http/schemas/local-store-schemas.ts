import { Type, type Static } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { component } from './components.ts'
import { describeResponses } from './responses.ts'
import { strict } from './shapes.ts'

/** Error codes common to the operations of the local store. */
const COMMON: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_signature',
  'forbidden_key',
  'rate_limited',
  'internal_error',
  'store_unavailable',
  'store_forbidden',
  'overloaded'
]
const RECEIVING: readonly ErrorCode[] = [...COMMON, 'forbidden_action', 'upload_too_large', 'upload_stalled']

const signedQuery = {
  bucket: Type.String({
    ...component('parameters/SignedBucket'),
    minLength: 1,
    maxLength: 63,
    examples: ['videos']
  }),
  key: Type.String({ ...component('parameters/SignedKey'), minLength: 1, maxLength: 1024, examples: ['sample.mp4'] }),
  expires: Type.Integer({
    minimum: 0,
    ...component('parameters/SignedExpires'),
    description: 'Expiry of the URL as a Unix timestamp in seconds.',
    examples: [1_767_225_600]
  }),
  signature: Type.String({
    minLength: 43,
    maxLength: 43,
    ...component('parameters/Signature'),
    description: 'HMAC-SHA256 in base64url.',
    examples: ['0123456789abcdefghijklmnopqrstuvwxyzABCDEFG']
  })
}

/** Query of a presigned GET URL of the local store. */
export const SignedQuerySchema = Type.Object(signedQuery, strict)

/** Query of a presigned PUT URL of the local store: of a part with `upload` and `part`, else of a file. */
export const SignedPutQuerySchema = Type.Object(
  {
    ...signedQuery,
    upload: Type.Optional(Type.String({ maxLength: 64, description: 'ID of the upload of a part.' })),
    part: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Number of the part.' })),
    bytes: Type.Integer({ minimum: 1, description: 'Size of the part or file.', examples: [1_048_576] }),
    type: Type.Optional(Type.String({ maxLength: 255, description: 'Content-Type of the file.' })),
    metadata: Type.Optional(Type.String({ maxLength: 4096, description: 'Metadata of the file, as JSON.' }))
  },
  strict
)
/** Validated query of a presigned PUT URL. */
export type SignedPutParameters = Static<typeof SignedPutQuerySchema>

/** Form of an upload in one piece. For the document only: the parts are validated as they arrive. */
export const ObjectFormSchema = Type.Object(
  {
    policy: Type.String({ description: 'Conditions of the upload, in base64url.', examples: ['policy'] }),
    signature: Type.String({ description: 'HMAC-SHA256 of the policy in base64url.', examples: ['signature'] }),
    file: Type.String({ format: 'binary', contentMediaType: 'application/octet-stream' })
  },
  { ...strict, description: 'The `fields` of an upload, followed by the file.' }
)

const tags = ['local-store']
const content = { '*/*': { schema: Type.String({ format: 'binary' }) } }

/** `GET /objects`. */
export const getObjectRoute = {
  operationId: 'getObject',
  tags,
  summary: 'Get an object of the local store',
  description:
    'Target of the presigned `url` of a thumbnail in the local store. Supports HEAD, `Range` with one range, ' +
    '`If-Range` and `If-None-Match`.',
  security: [],
  querystring: SignedQuerySchema,
  response: {
    200: { description: 'The object.', content },
    206: { description: 'The requested range of the object.', content },
    304: { description: 'The object is unchanged since the ETag in `If-None-Match`.', type: 'null' },
    416: { description: 'The range starts past the end of the object; `Content-Range` has its size.', type: 'null' },
    ...describeResponses([...COMMON, 'not_found', 'source_changed'])
  }
}

/** `PUT /objects`. */
export const putObjectRoute = {
  operationId: 'putObject',
  tags,
  summary: 'Upload a file or a part to the local store',
  description: 'Target of the presigned `url` of a part, or of a file with `"method": "put"`, in the local store.',
  security: [],
  querystring: SignedPutQuerySchema,
  body: { content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
  response: {
    200: {
      description: 'The store has the file or part.',
      type: 'null',
      headers: { ETag: { type: 'string', description: 'ETag of the file or part.' } }
    },
    ...describeResponses([...RECEIVING, 'upload_not_found', 'unsupported_content_type'])
  }
}

/** `POST /objects`. */
export const postObjectRoute = {
  operationId: 'postObject',
  tags,
  summary: 'Upload a file to the local store',
  description: 'Target of the `url` of an upload form in the local store.',
  security: [],
  body: { content: { 'multipart/form-data': { schema: ObjectFormSchema } } },
  response: {
    204: { description: 'The file is in the store.', type: 'null' },
    ...describeResponses([...RECEIVING, 'unsupported_content_type'])
  }
}
