import type { ErrorCode } from '../../errors.ts'
import { describeResponses, refer } from './responses.ts'
import {
  CompletedUploadSchema,
  FormUploadSchema,
  PartNumbersSchema,
  PartsUploadSchema,
  PutUploadSchema,
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
  'store_rejected',
  'identity_unavailable',
  'overloaded',
  'timed_out'
]
const BODY: readonly ErrorCode[] = ['upload_too_large', 'unsupported_content_type']
const TOKEN: readonly ErrorCode[] = ['invalid_upload_token', ...BODY]
const tags = ['uploads']
const json = (schema: object) => ({ 'application/json': { schema } })

/** `POST /v1/uploads`. */
export const startUploadRoute = {
  operationId: 'startUpload',
  tags,
  summary: 'Start an upload',
  description:
    'Returns a target in the store, to which the caller sends the file directly. A file of up to 64 MiB gets a ' +
    'form or a PUT, which takes it in one request. A larger file, or any with `"parts": true`, gets an upload in ' +
    'parts, which can be resumed.',
  body: UploadRequestSchema,
  response: {
    201: {
      description: 'The upload was started.',
      content: json({ anyOf: [refer(FormUploadSchema), refer(PutUploadSchema), refer(PartsUploadSchema)] })
    },
    ...describeResponses([...COMMON, ...BODY])
  }
}

/** `POST /v1/uploads/{token}/parts`. */
export const signPartsRoute = {
  operationId: 'signUploadParts',
  tags,
  summary: 'Sign parts of an upload',
  description:
    'Returns presigned URLs. Each accepts one PUT of the exact size of its part. A part that is sent again replaces ' +
    'the earlier one.',
  params: TokenParamsSchema,
  body: PartNumbersSchema,
  response: {
    200: { description: 'The presigned URLs.', content: json(refer(SignedPartsSchema)) },
    ...describeResponses([...COMMON, ...TOKEN])
  }
}

/** `GET /v1/uploads/{token}`. */
export const listPartsRoute = {
  operationId: 'listUploadParts',
  tags,
  summary: 'List the parts of an upload',
  description: 'For resuming an interrupted upload. Like all upload operations, it needs the verb `write`.',
  params: TokenParamsSchema,
  response: {
    200: { description: 'The parts that the store has.', content: json(refer(UploadProgressSchema)) },
    ...describeResponses([...COMMON, 'invalid_upload_token', 'upload_not_found'])
  }
}

/** `POST /v1/uploads/{token}/complete`. */
export const completeUploadRoute = {
  operationId: 'completeUpload',
  tags,
  summary: 'Complete an upload',
  description: 'Joins the parts into the video once all of them are in the store. Repeating the request is safe.',
  params: TokenParamsSchema,
  response: {
    200: { description: 'The video is in the store.', content: json(refer(CompletedUploadSchema)) },
    ...describeResponses([...COMMON, ...TOKEN, 'upload_not_found', 'upload_incomplete'])
  }
}

/** `POST /v1/uploads/{token}/abort`. */
export const abortUploadRoute = {
  operationId: 'abortUpload',
  tags,
  summary: 'Abort an upload',
  description: 'Deletes the parts. A completed upload stays.',
  params: TokenParamsSchema,
  response: {
    204: { description: 'The upload no longer exists.', type: 'null' },
    ...describeResponses([...COMMON, ...TOKEN])
  }
}
