import { Type, type Static } from 'typebox'
import { pictureOptions, preset, requestOptions } from '../../options/option-schemas.ts'
import { component, composedOf } from './components.ts'
import {
  list,
  nullable,
  object,
  pixels,
  seconds,
  sourceLocation,
  SourceLocationSchema,
  strict,
  WarningSchema,
  WorkSchema
} from './shapes.ts'

const ThumbnailOptionsSchema = Type.Object(requestOptions, component('schemas/ThumbnailOptions'))

/** Options of one thumbnail: an item of a batch, the query of a POST, or the text fields of an upload form. */
export const OptionsSchema = Type.Object(requestOptions, { ...strict, ...composedOf(ThumbnailOptionsSchema) })

/** Body that is a video. For the document only. */
export const VideoBodySchema = Type.String({
  ...component('schemas/VideoBody'),
  format: 'binary',
  description: 'The video, with the options in the query. The service deletes it after the request.'
})

/** JSON body of `POST /v1/thumbnails`. */
export const ThumbnailRequestSchema = Type.Object(
  { ...sourceLocation, ...requestOptions },
  {
    ...strict,
    ...component('schemas/ThumbnailRequest'),
    ...composedOf(SourceLocationSchema, ThumbnailOptionsSchema),
    description: 'Thumbnail of a video in the store.',
    examples: [{ key: 'sample.mp4', timestamp: '12.5s', width: 640 }]
  }
)
/** Validated JSON body of `POST /v1/thumbnails`. */
export type ThumbnailRequestBody = Static<typeof ThumbnailRequestSchema>

/** Multipart body of `POST /v1/thumbnails`. For the document only: the parts are validated as they arrive. */
export const UploadFormSchema = Type.Object(
  {
    file: Type.String({
      format: 'binary',
      contentMediaType: 'application/octet-stream',
      description: 'The video. The service deletes it after the request.'
    }),
    ...requestOptions
  },
  {
    ...strict,
    ...component('schemas/ThumbnailUpload'),
    ...composedOf(ThumbnailOptionsSchema),
    description: 'Thumbnail of an uploaded video. The fields may precede or follow the file.'
  }
)

const signing = {
  keyId: Type.Optional(Type.String({ maxLength: 32, description: 'Signed URL: ID of the signing secret.' })),
  signedUntil: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Signed URL: expiry in Unix seconds.' })
  ),
  signature: Type.Optional(
    Type.String({ maxLength: 43, description: 'Signed URL: HMAC-SHA256 in base64url over all other parameters.' })
  )
}

/** Query of `GET /v1/thumbnails`. A GET never creates a thumbnail again, so there is no `regenerate`. */
export const ThumbnailQuerySchema = Type.Object({ ...sourceLocation, ...pictureOptions, preset, ...signing }, strict)
/** Validated query of `GET /v1/thumbnails`. */
export type ThumbnailQuery = Static<typeof ThumbnailQuerySchema>

/** Thumbnail in a response; `thumbnails/thumbnail.ts` documents the members. */
export const ThumbnailSchema = Type.Object(
  {
    url: Type.String({ format: 'uri', description: 'Presigned URL of the image.' }),
    expiresAt: Type.String({
      format: 'date-time',
      description: 'Expiry of the URL. Earlier than requested if the credentials that signed it expire earlier.'
    }),
    bucket: Type.String({ description: 'Bucket of the image.' }),
    key: Type.String({ description: 'Key of the image.' }),
    contentType: Type.String({ examples: ['image/jpeg'] }),
    width: pixels,
    height: pixels,
    bytes: Type.Integer({ minimum: 1 }),
    timestamp: Type.Number({
      description:
        'Presentation time of the frame in seconds, rounded up to the microsecond. As the `timestamp` of a request, ' +
        'it selects the same frame.'
    }),
    keyFrame: Type.Boolean({ description: 'Whether the frame is a key frame.' }),
    cached: Type.Boolean({ description: 'Whether the thumbnail existed before the request.' }),
    placeholder: Type.String({ description: 'ThumbHash in base64.' }),
    source: object(
      {
        bucket: nullable(Type.String(), 'Bucket of the video. Null for an upload.'),
        key: nullable(Type.String(), 'Key of the video. Null for an upload.'),
        etag: Type.String({ description: 'ETag of the video. For an upload: SHA-256 in hex.' }),
        bytes: Type.Integer({ minimum: 0 }),
        duration: nullable(seconds, 'Duration in seconds. Null if unknown.'),
        container: Type.String({ examples: ['mp4'] }),
        codec: Type.String({ examples: ['h264'] }),
        width: Type.Integer({ minimum: 1, description: 'Display width in pixels.' }),
        height: Type.Integer({ minimum: 1, description: 'Display height in pixels.' }),
        rotation: Type.Number({ description: 'Clockwise rotation of the coded picture in degrees.' }),
        hdr: Type.Boolean({ description: 'Whether the video is HDR.' })
      },
      'The video.'
    ),
    work: WorkSchema,
    warnings: list(WarningSchema)
  },
  { ...strict, $id: 'Thumbnail' }
)
/** Response body for one thumbnail. */
export type ThumbnailAnswer = Static<typeof ThumbnailSchema>
