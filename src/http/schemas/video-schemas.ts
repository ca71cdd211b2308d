import { Type } from 'typebox'
import { component } from './components.ts'
import { describeResponses, refer } from './responses.ts'
import { count, list, nullable, object, seconds, sourceLocation, strict } from './shapes.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'

const unknown = 'Null if unknown.'

/** Response body of `GET /v1/videos`. */
export const VideoSchema = Type.Object(
  {
    bucket: Type.String(),
    key: Type.String(),
    etag: Type.String({ description: 'ETag of the video.' }),
    bytes: count,
    duration: nullable(seconds, `Duration in seconds. ${unknown}`),
    container: Type.String({ examples: ['mp4'] }),
    codec: Type.String({ examples: ['h264'] }),
    width: Type.Integer({ minimum: 1, description: 'Display width in pixels, after rotation and pixel aspect.' }),
    height: Type.Integer({ minimum: 1, description: 'Display height in pixels.' }),
    rotation: Type.Number({ description: 'Clockwise rotation of the coded picture in degrees.' }),
    hdr: nullable(Type.Boolean(), 'Whether the video is HDR. Null if only decoding a frame would show it.'),
    frameRate: nullable(seconds, `Average frames per second. ${unknown}`),
    keyFrameInterval: nullable(seconds, `Average seconds between key frames. ${unknown}`),
    tracks: list(
      object(
        {
          kind: Type.Enum(['video', 'audio', 'other'], { type: 'string' }),
          codec: Type.String({ examples: ['aac'] }),
          duration: nullable(seconds, `Duration in seconds. ${unknown}`),
          language: nullable(Type.String({ examples: ['eng'] }), `Language code of the container. ${unknown}`),
          width: Type.Optional(count),
          height: Type.Optional(count),
          sampleRate: Type.Optional(Type.Number({ minimum: 0, description: 'Audio samples per second.' })),
          channels: Type.Optional(count)
        },
        'Track, in the order of the container. Width and height are those of the coded picture.'
      )
    ),
    work: object(
      {
        mode: Type.Enum(['index', 'full'], {
          type: 'string',
          description: '`index`: read the index only. `full`: downloaded the whole file.'
        }),
        bytesRead: count,
        requests: count
      },
      'Bytes and requests for the video.'
    )
  },
  { ...strict, $id: 'Video' }
)

/** Query of `GET /v1/videos`. */
export const VideoQuerySchema = Type.Object(sourceLocation, strict)

const caching = {
  ETag: { ...component('headers/VideoETag'), type: 'string', description: 'Changes with the video, not with `work`.' },
  'Cache-Control': {
    ...component('headers/VideoCacheControl'),
    type: 'string',
    description: 'Private; revalidation takes one request to the store.'
  }
}

/** `GET /v1/videos`. */
export const describeSourceRoute = {
  operationId: 'describeSource',
  tags: ['videos'],
  summary: 'Get the metadata of a video',
  description:
    'Reads only the index of the video if the service supports it, otherwise downloads the whole file. Supports ' +
    '`If-None-Match`.',
  querystring: VideoQuerySchema,
  response: {
    200: {
      description: 'The metadata.',
      headers: { ...SERVER_TIMING, ...caching },
      content: { 'application/json': { schema: refer(VideoSchema) } }
    },
    304: {
      description: 'The video is unchanged since the ETag in `If-None-Match`.',
      type: 'null',
      headers: caching
    },
    ...describeResponses(SOURCE_CODES)
  }
}
