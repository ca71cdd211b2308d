import type { ErrorCode } from '../../errors.ts'
import { describeResponses, refer } from './responses.ts'
import {
  CompletedUploadSchema,
  FormUploadSchema,
  ObjectFormSchema,
  PartNumbersSchema,
  PartsUploadSchema,
  SignedPartQuerySchema,
  SignedPartsSchema,
  TokenParamsSchema,
  UploadProgressSchema,
  UploadRequestSchema
} from './upload-schemas.ts'

const COMMON: readonly ErrorCode[] = [
  'invalid_request',
  'unauthenticated',
  'forbidden_action',
  'forbidden_bucket',
  'forbidden_key',
  'rate_limited',
  'internal_error',
  'store_unavailable',
  'store_forbidden',
  'identity_unavailable',
  'overloaded',
  'timed_out'
]
const BODY: readonly ErrorCode[] = ['upload_too_large', 'unsupported_content_type']
const TOKEN: readonly ErrorCode[] = ['invalid_upload_token', ...BODY]
const RECEIVING: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_signature',
  'forbidden_action',
  'forbidden_key',
  'rate_limited',
  'upload_too_large',
  'internal_error',
  'store_unavailable',
  'store_forbidden',
  'overloaded',
  'timed_out'
]
const tags = ['uploads']
const json = (schema: object) => ({ 'application/json': { schema } })

/** `POST /v1/uploads`. */
export const startUploadRoute = {
  operationId: 'startUpload',
  tags,
  summary: 'Ask where to put a video',
  description:
    'The file goes to the store itself, past this service and whatever gateway stands before it. Up to 64 MiB ' +
      'the answer is a form that takes it in one piece; past that, or with `"parts": true`, an upload in parts, ' +
      'which can be resumed.',
  body: UploadRequestSchema,
  response: {
    201: {
      description: 'Where the file goes.',
      content: json({ anyOf: [refer(FormUploadSchema), refer(PartsUploadSchema)] })
    },
    ...describeResponses([...COMMON, ...BODY])
  }
}

/** `POST /v1/uploads/{token}/parts`. */
export const signPartsRoute = {
  operationId: 'signUploadParts',
  tags,
  summary: 'Get presigned URLs of parts',
  description:
    'Each takes one PUT of exactly so many bytes. A part may be sent again, and then replaces the one before.',
  params: TokenParamsSchema,
  body: PartNumbersSchema,
  response: {
    200: { description: 'The URLs.', content: json(refer(SignedPartsSchema)) },
    ...describeResponses([...COMMON, ...TOKEN])
  }
}

/** `GET /v1/uploads/{token}`. */
export const listPartsRoute = {
  operationId: 'listUploadParts',
  tags,
  summary: 'See which parts are there',
  description: 'To go on with an upload that was interrupted. Needs the verb `write`, as all of it does.',
  params: TokenParamsSchema,
  response: {
    200: { description: 'How far it has come.', content: json(refer(UploadProgressSchema)) },
    ...describeResponses([...COMMON, 'invalid_upload_token', 'upload_not_found'])
  }
}

/** `POST /v1/uploads/{token}/complete`. */
export const completeUploadRoute = {
  operationId: 'completeUpload',
  tags,
  summary: 'Make the video of its parts',
  description: 'Once all parts are there. Asked again, it answers the same.',
  params: TokenParamsSchema,
  response: {
    200: { description: 'The video is there.', content: json(refer(CompletedUploadSchema)) },
    ...describeResponses([...COMMON, ...TOKEN, 'upload_not_found', 'upload_incomplete'])
  }
}

/** `POST /v1/uploads/{token}/abort`. */
export const abortUploadRoute = {
  operationId: 'abortUpload',
  tags,
  summary: 'Give an upload up',
  description: 'Its parts go. What was completed stays.',
  params: TokenParamsSchema,
  response: {
    204: { description: 'There is no such upload any more.', type: 'null' },
    ...describeResponses([...COMMON, ...TOKEN])
  }
}

/** `PUT /objects`. */
export const putPartRoute = {
  operationId: 'putObjectPart',
  tags,
  summary: 'Takes a part to the local store by its signed URL',
  description: 'The `url` of a part leads here where the local store is in use.',
  security: [],
  querystring: SignedPartQuerySchema,
  body: { content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
  response: {
    200: {
      description: 'The part is there.',
      type: 'null',
      headers: { ETag: { type: 'string', description: 'The entity tag of the part.' } }
    },
    ...describeResponses([...RECEIVING, 'upload_not_found'])
  }
}

/** `POST /objects`. */
export const postObjectRoute = {
  operationId: 'postObject',
  tags,
  summary: 'Takes a file to the local store by its signed form',
  description: 'The `url` of a form leads here where the local store is in use.',
  security: [],
  body: { content: { 'multipart/form-data': { schema: ObjectFormSchema } } },
  response: {
    204: { description: 'The file is there.', type: 'null' },
    ...describeResponses([...RECEIVING, 'unsupported_content_type'])
  }
}
