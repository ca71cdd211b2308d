import { Type } from 'typebox'
import { describeResponses, refer } from './responses.ts'
import { address, answer, list, nullable, strict } from './thumbnail-schemas.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'

const unknown = 'Null where the index does not say.'
const seconds = Type.Number({ minimum: 0 })
const pixels = Type.Integer({ minimum: 0 })

/** The answer of `GET /v1/videos`. */
export const VideoSchema = Type.Object(
  {
    bucket: Type.String(),
    key: Type.String(),
    etag: Type.String({ description: 'Entity tag of the video itself.' }),
    bytes: Type.Integer({ minimum: 0 }),
    duration: nullable(seconds, 'Seconds; null where the file does not say.'),
    container: Type.String({ examples: ['mp4'] }),
    codec: Type.String({ examples: ['h264'] }),
    width: Type.Integer({ minimum: 1, description: 'Display width in pixels: after rotation and pixel aspect.' }),
    height: Type.Integer({ minimum: 1, description: 'Display height in pixels.' }),
    rotation: Type.Number({ description: 'Degrees clockwise that the coded picture is turned.' }),
    hdr: nullable(Type.Boolean(), 'Null where only the pictures would tell.'),
    frameRate: nullable(seconds, `Frames a second, on average. ${unknown}`),
    keyFrameInterval: nullable(seconds, `Seconds from one key frame to the next, on average. ${unknown}`),
    tracks: list(
      answer(
        {
          kind: Type.Enum(['video', 'audio', 'other']),
          codec: Type.String({ examples: ['aac'] }),
          duration: nullable(seconds, `Seconds. ${unknown}`),
          language: nullable(Type.String({ examples: ['eng'] }), `As the container has it. ${unknown}`),
          width: Type.Optional(pixels),
          height: Type.Optional(pixels),
          sampleRate: Type.Optional(Type.Number({ minimum: 0, description: 'Samples of sound a second.' })),
          channels: Type.Optional(Type.Integer({ minimum: 0 }))
        },
        'A track, as the container lists it; sizes are coded ones.'
      )
    ),
    work: answer(
      {
        mode: Type.Enum(['index', 'full'], {
          description: '`general`: it has no index that is read here, so the whole was fetched and listed.'
        }),
        bytesRead: Type.Integer({ minimum: 0 }),
        requests: Type.Integer({ minimum: 0 })
      },
      'What it cost.'
    )
  },
  { ...strict, $id: 'Video' }
)

/** The query of `GET /v1/videos`. */
export const VideoQuerySchema = Type.Object(address, strict)

const caching = {
  ETag: { type: 'string', description: 'Changes when the video does; `work` does not count.' },
  'Cache-Control': {
    type: 'string',
    description: 'Private, to be asked for again: that costs one request to the store and no reading.'
  }
}

/** What `GET /v1/videos` takes and answers. */
export const describeSourceRoute = {
  operationId: 'describeSource',
  tags: ['videos'],
  summary: 'Say what a video is',
  description:
    'From its index alone where it has one that is known to be right; else the whole is fetched and listed. ' +
      '`If-None-Match` is understood.',
  querystring: VideoQuerySchema,
  response: {
    200: {
      description: 'What the video is.',
      headers: { ...SERVER_TIMING, ...caching },
      content: { 'application/json': { schema: refer(VideoSchema) } }
    },
    304: { description: 'The video is the one that the caller knows.', type: 'null', headers: caching },
    ...describeResponses(SOURCE_CODES)
  }
}
