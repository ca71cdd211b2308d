import { Type } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { storyboardOptions } from '../../options/storyboard-option-schemas.ts'
import { acceptedResponse, preferHeader } from './async-job-schemas.ts'
import { describeResponses, refer } from './responses.ts'
import { address, answer, list, nullable, strict } from './thumbnail-schemas.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'

/** The JSON body of `POST /v1/storyboards`. */
export const StoryboardRequestSchema = Type.Object(
  {
    ...address,
    ...storyboardOptions
  },
  strict
)

const pixels = Type.Integer({ minimum: 1 })
const count = Type.Integer({ minimum: 0 })
const object = { url: Type.String({ format: 'uri', description: 'Presigned GET.' }), key: Type.String() }

/** The answer of `POST /v1/storyboards`. */
export const StoryboardSchema = Type.Object(
  {
    bucket: Type.String(),
    expiresAt: Type.String({ format: 'date-time', description: 'When the first of the URLs dies.' }),
    sheets: list(answer({ ...object, width: pixels, height: pixels }, 'A picture that tiles lie in.')),
    vtt: answer(
      object,
      'WebVTT for a player: its cues name the sheets by presigned URLs with `#xywh`, which die with `expiresAt`.'
    ),
    manifest: answer(
      object,
      'JSON with the sheets, by names relative to it, and the tiles. Beside it, as `storyboard.vtt`, lies a ' +
        'WebVTT whose cues name the sheets by the same relative names: for a CDN that serves the folder.'
    ),
    tiles: list(
      answer({
        timestamp: Type.Number({
          minimum: 0,
          description:
            'Presentation time of the frame in seconds, rounded up to the microsecond; the tile is shown from then on.'
        }),
        sheet: Type.Integer({ minimum: 0, description: 'Which of the sheets, counted from 0.' }),
        x: count,
        y: count,
        width: pixels,
        height: pixels
      })
    ),
    tileWidth: pixels,
    tileHeight: pixels,
    duration: nullable(Type.Number({ minimum: 0 }), 'Seconds; null where the file does not say.'),
    cached: Type.Boolean({ description: 'Whether the storyboard was there already.' }),
    work: answer(
      { mode: Type.Enum(['ranged', 'full', 'cached']), bytesRead: count, requests: count, packetsDecoded: count },
      'What it cost.'
    ),
    warnings: list(answer({ code: Type.String(), detail: Type.String() }))
  },
  { ...strict, $id: 'Storyboard' }
)

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'unsupported_content_type']
const storyboard = { 'application/json': { schema: refer(StoryboardSchema) } }

/** What `POST /v1/storyboards` takes and answers. */
export const makeStoryboardRoute = {
  operationId: 'makeStoryboard',
  tags: ['storyboards'],
  summary: 'Make a storyboard, or find the one that is there',
  description:
    'Small pictures of a whole video in one sheet or several, with WebVTT for the preview of a player. The same ' +
      'question always has the same keys: a second request finds what the first one made.',
  headers: preferHeader,
  body: { content: { 'application/json': { schema: StoryboardRequestSchema } } },
  response: {
    200: { description: 'It was there.', headers: SERVER_TIMING, content: storyboard },
    201: { description: 'It was made.', headers: SERVER_TIMING, content: storyboard },
    ...acceptedResponse,
    ...describeResponses(CODES)
  }
}
