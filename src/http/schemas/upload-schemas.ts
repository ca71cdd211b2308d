import { Type, type Static } from 'typebox'

const strict = { additionalProperties: false }
const list = <T extends Parameters<typeof Type.Array>[0]>(item: T) => Type.Immutable(Type.Array(item))

/** The JSON body of `POST /v1/uploads`. */
export const UploadRequestSchema = Type.Object(
  {
    filename: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The name of the file, kept as metadata; the key has a plain form of it.',
      examples: ['a b.mp4']
    }),
    // What a browser would run must not come to lie in the bucket under a type of the caller's choice.
    contentType: Type.String({
      pattern: '^(video/[a-z0-9][a-z0-9.+-]{0,62}|application/(octet-stream|mp4|mxf|ogg|x-matroska))$',
      description: 'Of a video, or `application/octet-stream` where it is not known.',
      examples: ['video/mp4']
    }),
    bytes: Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The size of the file; nothing of another size is taken.'
    }),
    bucket: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'The bucket that uploads go to; no other is allowed.' })
    ),
    parts: Type.Optional(
      Type.Boolean({ description: 'Whether the file comes in parts; those over 64 MiB do unless said otherwise.' })
    )
  },
  { ...strict, description: 'What is going to be uploaded.' }
)

const place = {
  bucket: Type.String(),
  key: Type.String({ description: 'Made by the service; the `key` for `POST /v1/thumbnails` once the file is there.' }),
  maxBytes: Type.Integer({ minimum: 1, description: 'The size of the file, as it was given.' }),
  expiresAt: Type.String({ format: 'date-time', description: 'From then on nothing is taken any more.' })
}
const partPlan = {
  partBytes: Type.Integer({ minimum: 1, description: 'The size of every part but the last, which has what is left.' }),
  partCount: Type.Integer({ minimum: 1, maximum: 10_000 })
}
const partNumber = Type.Integer({ minimum: 1, maximum: 10_000 })

/** Where a file goes in one piece. */
export const FormUploadSchema = Type.Object(
  {
    ...place,
    url: Type.String({ format: 'uri', description: 'Where to POST the form, as `multipart/form-data`.' }),
    fields: Type.Immutable(
      Type.Record(Type.String(), Type.String(), {
        description: 'Fields of the form, all of them, before the file, which is called `file`.'
      })
    )
  },
  { ...strict, $id: 'FormUpload', description: 'A form that takes the file in one piece.' }
)

/** Where a file goes in parts. */
export const PartsUploadSchema = Type.Object(
  {
    ...place,
    ...partPlan,
    token: Type.String({ description: 'Names the upload, for this caller alone.' })
  },
  { ...strict, $id: 'PartsUpload', description: 'An upload in parts that has begun.' }
)

/** How far an upload in parts has come. */
export const UploadProgressSchema = Type.Object(
  {
    ...place,
    ...partPlan,
    parts: list(
      Type.Object(
        { number: partNumber, bytes: Type.Integer({ minimum: 0 }) },
        { ...strict, description: 'A part that is there.' }
      )
    )
  },
  { ...strict, $id: 'UploadProgress' }
)

/** The JSON body of `POST /v1/uploads/{token}/parts`. */
export const PartNumbersSchema = Type.Object(
  {
    numbers: Type.Array(partNumber, { minItems: 1, maxItems: 100, description: 'The numbers of parts, from 1.' })
  },
  { ...strict, description: 'Parts that are going to be sent next.' }
)

/** The answer with presigned URLs of parts. */
export const SignedPartsSchema = Type.Object(
  {
    parts: list(
      Type.Object(
        {
          number: partNumber,
          bytes: Type.Integer({ minimum: 1, description: 'The size of the part, which is signed.' }),
          url: Type.String({ format: 'uri', description: 'Where to PUT the part.' }),
          expiresAt: Type.String({ format: 'date-time' })
        },
        strict
      )
    )
  },
  { ...strict, $id: 'SignedParts' }
)

/** The answer for an upload that has become an object. */
export const CompletedUploadSchema = Type.Object(
  {
    bucket: Type.String(),
    key: Type.String(),
    bytes: Type.Integer({ minimum: 1 }),
    etag: Type.String()
  },
  { ...strict, $id: 'CompletedUpload' }
)

/** The token in the address of an upload in parts. */
export const TokenParamsSchema = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 4096, description: 'As `POST /v1/uploads` gave it.' }) },
  strict
)

/** The query of a URL that takes a part to the local store. */
export const SignedPartQuerySchema = Type.Object(
  {
    bucket: Type.String({ minLength: 1, maxLength: 63 }),
    key: Type.String({ minLength: 1, maxLength: 1024 }),
    upload: Type.String({ minLength: 1, maxLength: 64 }),
    part: partNumber,
    bytes: Type.Integer({ minimum: 1, description: 'How long the part is.' }),
    expires: Type.Integer({ minimum: 0, description: 'Unix time in seconds; from then on the URL is dead.' }),
    signature: Type.String({ minLength: 43, maxLength: 43, description: 'HMAC-SHA256 in base64url.' })
  },
  strict
)
/** A checked query of such a URL. */
export type SignedPartParameters = Static<typeof SignedPartQuerySchema>

/** The form that takes a file to the local store; only printed, since the parts are checked as they arrive. */
export const ObjectFormSchema = Type.Object(
  {
    policy: Type.String({ description: 'What the form may bring, in base64url.' }),
    signature: Type.String({ description: 'HMAC-SHA256 of the policy in base64url.' }),
    file: Type.String({ format: 'binary', contentMediaType: 'application/octet-stream' })
  },
  { ...strict, description: 'The `fields` of an upload, then the file.' }
)
