import { Type } from 'typebox'
import { component, composedOf } from './components.ts'
import { list, strict, WarningSchema } from './shapes.ts'

/** JSON body of `POST /v1/uploads`. */
export const UploadRequestSchema = Type.Object(
  {
    filename: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'File name, stored as metadata. The key contains a simplified form of it.'
    }),
    contentType: Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'Media type of a video in any case, or `application/octet-stream` if it is unknown. For the file name of a ' +
        'video also other types that are common for it, such as `audio/ogg`; the video type is then stored.'
    }),
    bytes: Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'File size in bytes. The store rejects a file of another size.'
    }),
    bucket: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'Must be the upload bucket, which is the default.' })
    ),
    method: Type.Optional(
      Type.Enum(['post', 'put'], {
        type: 'string',
        description:
          'How a file in one request is sent: as a form, or by PUT, which R2 and B2 need. The service has a default.'
      })
    ),
    parts: Type.Optional(
      Type.Boolean({ description: 'True for an upload in parts. Default: true above 64 MiB.' })
    )
  },
  {
    ...strict,
    ...component('schemas/UploadRequest'),
    examples: [{ filename: 'holiday.mp4', contentType: 'video/mp4', bytes: 1_048_576 }]
  }
)

const target = {
  bucket: Type.String(),
  key: Type.String({ description: 'Generated key of the video, for requests such as `POST /v1/thumbnails`.' }),
  maxBytes: Type.Integer({ minimum: 1, description: 'File size in bytes, as requested.' }),
  expiresAt: Type.String({ format: 'date-time', description: 'Time from which the store rejects the upload.' })
}
const UploadTargetSchema = Type.Object(target, component('schemas/UploadTarget'))

const partPlan = {
  partBytes: Type.Integer({ minimum: 1, description: 'Size of each part. The last one has the remainder.' }),
  partCount: Type.Integer({ minimum: 1, maximum: 10_000 })
}
const PartPlanSchema = Type.Object(partPlan, component('schemas/PartPlan'))
const partNumber = Type.Integer({ minimum: 1, maximum: 10_000 })

/** Response body of `POST /v1/uploads` for an upload as a form. */
export const FormUploadSchema = Type.Object(
  {
    ...target,
    method: Type.Enum(['post'], { type: 'string' }),
    url: Type.String({ format: 'uri', description: 'URL to POST the form to, as `multipart/form-data`.' }),
    fields: Type.Immutable(
      Type.Record(Type.String(), Type.String(), {
        description: 'Form fields. Send all of them before the file, whose field is `file`.'
      })
    ),
    warnings: Type.Optional(list(WarningSchema))
  },
  {
    ...strict,
    ...composedOf(UploadTargetSchema),
    $id: 'FormUpload',
    description: 'Form for an upload in one piece.'
  }
)

/** Response body of `POST /v1/uploads` for an upload by a PUT. */
export const PutUploadSchema = Type.Object(
  {
    ...target,
    method: Type.Enum(['put'], { type: 'string' }),
    url: Type.String({ format: 'uri', description: 'URL to PUT the file to, as the body.' }),
    headers: Type.Immutable(
      Type.Record(Type.String(), Type.String(), {
        description: 'Request headers. Send all of them, unchanged.'
      })
    ),
    warnings: Type.Optional(list(WarningSchema))
  },
  {
    ...strict,
    ...composedOf(UploadTargetSchema),
    $id: 'PutUpload',
    description: 'PUT for an upload in one piece.'
  }
)

/** Response body of `POST /v1/uploads` for an upload in parts. */
export const PartsUploadSchema = Type.Object(
  {
    ...target,
    ...partPlan,
    token: Type.String({ description: 'Token of the upload, valid for this caller only.' })
  },
  {
    ...strict,
    ...composedOf(UploadTargetSchema, PartPlanSchema),
    $id: 'PartsUpload',
    description: 'Upload in parts.'
  }
)

/** Response body of `GET /v1/uploads/{token}`. */
export const UploadProgressSchema = Type.Object(
  {
    ...target,
    ...partPlan,
    parts: list(
      Type.Object(
        { number: partNumber, bytes: Type.Integer({ minimum: 0 }) },
        { ...strict, description: 'Part that the store has.' }
      )
    )
  },
  { ...strict, ...composedOf(UploadTargetSchema, PartPlanSchema), $id: 'UploadProgress' }
)

/** JSON body of `POST /v1/uploads/{token}/parts`. */
export const PartNumbersSchema = Type.Object(
  {
    numbers: Type.Array(partNumber, { minItems: 1, maxItems: 100, description: 'Part numbers, starting at 1.' })
  },
  { ...strict, ...component('schemas/PartNumbers'), examples: [{ numbers: [1, 2] }] }
)

/** Response body of `POST /v1/uploads/{token}/parts`. */
export const SignedPartsSchema = Type.Object(
  {
    parts: list(
      Type.Object(
        {
          number: partNumber,
          bytes: Type.Integer({ minimum: 1, description: 'Exact size of the part in bytes.' }),
          url: Type.String({ format: 'uri', description: 'URL to PUT the part to.' }),
          expiresAt: Type.String({ format: 'date-time' })
        },
        strict
      )
    )
  },
  { ...strict, $id: 'SignedParts' }
)

/** Response body of `POST /v1/uploads/{token}/complete`. */
export const CompletedUploadSchema = Type.Object(
  {
    bucket: Type.String(),
    key: Type.String(),
    bytes: Type.Integer({ minimum: 1 }),
    etag: Type.String()
  },
  { ...strict, $id: 'CompletedUpload' }
)

/** Path parameters of an upload in parts. */
export const TokenParamsSchema = Type.Object(
  {
    token: Type.String({
      ...component('parameters/UploadToken'),
      minLength: 1,
      maxLength: 4096,
      description: 'The `token` from `POST /v1/uploads`.',
      examples: ['upload-token']
    })
  },
  strict
)
