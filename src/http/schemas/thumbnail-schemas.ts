import { Type, type Static, type TProperties, type TSchema } from 'typebox'
import { ERROR_CATALOGUE, type ErrorCode } from '../../errors.ts'
import { pictureOptions, preset, requestOptions } from '../../options/option-schemas.ts'

/** Nothing that is not named. */
export const strict = { additionalProperties: false }
/** A list that nobody changes. */
export const list = <T extends TSchema>(item: T) => Type.Immutable(Type.Array(item))

/** How a source in the store is named. */
export const address = {
  key: Type.String({
    minLength: 1,
    maxLength: 1024,
    description: 'Key of the source video; at most 1,024 bytes of UTF-8.',
    examples: ['videos/a.mp4']
  }),
  bucket: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Bucket of the source video, one that the service allows; the first of those unless given.'
    })
  )
}

/** The options of one thumbnail, as the query of a POST or the text fields of an upload form. */
export const OptionsSchema = Type.Object(requestOptions, strict)

/** The JSON body of `POST /v1/thumbnails`. */
export const ThumbnailRequestSchema = Type.Object(
  { ...address, ...requestOptions },
  { ...strict, description: 'A video in the store. An option may stand here or in the query, not in both.' }
)
/** A checked JSON body of `POST /v1/thumbnails`. */
export type ThumbnailRequestBody = Static<typeof ThumbnailRequestSchema>

/** The multipart body of `POST /v1/thumbnails`; only printed, since the parts are checked as they arrive. */
export const UploadFormSchema = Type.Object(
  {
    file: Type.String({
      format: 'binary',
      contentMediaType: 'application/octet-stream',
      description: 'The video. It is not kept.'
    }),
    ...requestOptions
  },
  {
    ...strict,
    description:
      'A video from the caller. Fields may come before or after the file; an option may stand here or in the ' +
        'query, not in both.'
  }
)

const signing = {
  keyId: Type.Optional(Type.String({ maxLength: 32, description: 'Of a signed URL: which secret signed it.' })),
  signedUntil: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Of a signed URL: Unix time in seconds; from then on it is dead.' })
  ),
  signature: Type.Optional(
    Type.String({ maxLength: 43, description: 'Of a signed URL: HMAC-SHA256 in base64url over all other parameters.' })
  )
}

/** The query of `GET /v1/thumbnails`: a GET never makes a thumbnail again, so there is no `regenerate`. */
export const ThumbnailQuerySchema = Type.Object({ ...address, ...pictureOptions, preset, ...signing }, strict)
/** A checked query of `GET /v1/thumbnails`. */
export type ThumbnailQuery = Static<typeof ThumbnailQuerySchema>

/** An object of an answer. */
export const answer = <T extends TProperties>(properties: T, description?: string) =>
  Type.Object(properties, description === undefined ? strict : { ...strict, description })
/** A value, or null with a reason. */
export const nullable = <T extends TSchema>(type: T, description: string) =>
  Type.Union([type, Type.Null()], { description })

/** The answer for one thumbnail; `thumbnails/thumbnail.ts` says what the members mean. */
export const ThumbnailSchema = Type.Object(
  {
    url: Type.String({ format: 'uri', description: 'Presigned GET of the thumbnail.' }),
    expiresAt: Type.String({
      format: 'date-time',
      description: 'When the URL dies; earlier than asked for where the credentials that signed it do.'
    }),
    bucket: Type.String(),
    key: Type.String(),
    contentType: Type.String({ examples: ['image/jpeg'] }),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
    bytes: Type.Integer({ minimum: 1 }),
    timestamp: Type.Number({
      description:
        'Presentation time in seconds of the frame that was used, rounded up to the microsecond: sent back, it ' +
          'gives the same frame.'
    }),
    keyFrame: Type.Boolean(),
    cached: Type.Boolean({ description: 'Whether the thumbnail was there already.' }),
    placeholder: Type.String({ description: 'ThumbHash in base64.' }),
    source: answer(
      {
        bucket: nullable(Type.String(), 'Null for an upload.'),
        key: nullable(Type.String(), 'Null for an upload, which is not kept.'),
        etag: Type.String({ description: 'Entity tag; for an upload its SHA-256 in hex.' }),
        bytes: Type.Integer({ minimum: 0 }),
        duration: nullable(Type.Number({ minimum: 0 }), 'Seconds; null where the file does not say.'),
        container: Type.String({ examples: ['mp4'] }),
        codec: Type.String({ examples: ['h264'] }),
        width: Type.Integer({ minimum: 1, description: 'Display width in pixels.' }),
        height: Type.Integer({ minimum: 1, description: 'Display height in pixels.' }),
        rotation: Type.Number({ description: 'Degrees clockwise that the coded picture is turned.' }),
        hdr: Type.Boolean()
      },
      'The video.'
    ),
    work: answer(
      {
        mode: Type.Enum(['ranged', 'full', 'cached']),
        bytesRead: Type.Integer({ minimum: 0 }),
        requests: Type.Integer({ minimum: 0 }),
        packetsDecoded: Type.Integer({ minimum: 0 })
      },
      'What it cost.'
    ),
    warnings: list(answer({ code: Type.String(), detail: Type.String() }))
  },
  { ...strict, $id: 'Thumbnail' }
)
/** What is answered for one thumbnail. */
export type ThumbnailAnswer = Static<typeof ThumbnailSchema>

/** RFC 9457, with the code of the catalogue. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: '`urn:posterframe:error:` and the code.' }),
    title: Type.String({ description: 'The one sentence that belongs to the code.' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What is particular to this request.' }),
    code: Type.Enum(Object.keys(ERROR_CATALOGUE) as ErrorCode[]),
    requestId: Type.String({ description: 'Names the request in the log of the service.' }),
    retryable: Type.Boolean({ description: 'Whether the same request can succeed later.' }),
    parameter: Type.Optional(Type.String({ description: 'With `invalid_request`: the parameter or field at fault.' })),
    maxBytes: Type.Optional(
      Type.Integer({ description: 'With `source_too_large` and `upload_too_large`: how much is taken.' })
    ),
    missingParts: Type.Optional(
      Type.Array(Type.Integer(), {
        description: 'With `upload_incomplete`: the parts that have to be sent, at most 1,000 of them.'
      })
    ),
    duration: Type.Optional(
      Type.Number({ description: 'With `timestamp_out_of_range`: the length of the video in seconds.' })
    )
  },
  { $id: 'Problem', description: 'A problem document (RFC 9457); some codes add members of their own.' }
)

/** The answer of `GET /healthz`. */
export const HealthSchema = Type.Object({ status: Type.Literal('ok') }, { ...strict, $id: 'Health' })

/** The answer of `GET /readyz`. */
export const ReadinessSchema = Type.Object(
  {
    ready: Type.Boolean(),
    checks: Type.Optional(
      Type.Record(Type.String(), answer({ ok: Type.Boolean(), detail: Type.Optional(Type.String()) }))
    )
  },
  { ...strict, $id: 'Readiness' }
)
