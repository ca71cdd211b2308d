import { Type } from 'typebox'
import type { ErrorCode } from '../errors.ts'
import { SHEET_FORMATS, STORYBOARD_DEFAULTS, STORYBOARD_MODES, STORYBOARD_RANGES } from '../thumbnails/storyboard-options.ts'
import { acceptedResponse, preferHeader } from './long-work-schemas.ts'
import { describeResponses, refer } from './responses.ts'
import { address, answer, list, nullable, strict } from './schemas.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-codes.ts'

const whole = (name: keyof typeof STORYBOARD_RANGES, description: string) => Type.Optional(Type.Integer({ ...STORYBOARD_RANGES[name], default: STORYBOARD_DEFAULTS[name], description }))

/** The JSON body of `POST /v1/storyboards`. */
export const StoryboardRequestSchema = Type.Object({
  ...address,
  interval: Type.Optional(Type.String({
    minLength: 1, maxLength: 64, default: STORYBOARD_DEFAULTS.interval, examples: ['5s'], description: '`auto`: about a hundred tiles, not less than a second apart. Else a time of a tenth of a second or more, as a timestamp is written; at most a thousand tiles.'
  })),
  columns: whole('columns', 'Tiles in a row; fewer where a sheet would be wider than its format allows.'),
  width: whole('width', 'Width of a tile in pixels; less where the video is smaller. Its height follows from the video.'),
  format: Type.Optional(Type.Enum(SHEET_FORMATS, { default: STORYBOARD_DEFAULTS.format, description: 'Format of the sheets.' })),
  quality: whole('quality', 'Quality of the encoding.'),
  mode: Type.Optional(Type.Enum(STORYBOARD_MODES, { default: STORYBOARD_DEFAULTS.mode, description: '`keyframe`: the key frame at or before each moment, which costs little. `exact`: the frame that a player shows then.' })),
  expires: whole('expires', 'Seconds that the presigned URLs live, those in the WebVTT too.'),
  regenerate: Type.Optional(Type.Boolean({ default: STORYBOARD_DEFAULTS.regenerate, description: 'Make the storyboard again even if it is there.' }))
}, strict)

const pixels = Type.Integer({ minimum: 1 })
const count = Type.Integer({ minimum: 0 })
const object = { url: Type.String({ format: 'uri', description: 'Presigned GET.' }), key: Type.String() }

/** The answer of `POST /v1/storyboards`. */
export const StoryboardSchema = Type.Object({
  bucket: Type.String(),
  expiresAt: Type.String({ format: 'date-time', description: 'When the first of the URLs dies.' }),
  sheets: list(answer({ ...object, width: pixels, height: pixels }, 'A picture that tiles lie in.')),
  vtt: answer(object, 'WebVTT for a player: its cues name the sheets by presigned URLs with `#xywh`, which die with `expiresAt`.'),
  manifest: answer(object, 'JSON with the sheets, by names relative to it, and the tiles. Beside it, as `storyboard.vtt`, lies a WebVTT whose cues name the sheets by the same relative names: for a CDN that serves the folder.'),
  tiles: list(answer({
    timestamp: Type.Number({ minimum: 0, description: 'Presentation time of the frame in seconds, rounded up to the microsecond; the tile is shown from then on.' }),
    sheet: Type.Integer({ minimum: 0, description: 'Which of the sheets, counted from 0.' }),
    x: count,
    y: count,
    width: pixels,
    height: pixels
  })),
  tileWidth: pixels,
  tileHeight: pixels,
  duration: nullable(Type.Number({ minimum: 0 }), 'Seconds; null where the file does not say.'),
  cached: Type.Boolean({ description: 'Whether the storyboard was there already.' }),
  work: answer({ way: Type.Enum(['clip', 'general', 'cached']), bytesRead: count, requests: count, packetsDecoded: count }, 'What it cost.'),
  warnings: list(answer({ code: Type.String(), detail: Type.String() }))
}, { ...strict, $id: 'Storyboard' })

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'unsupported_content_type']
const storyboard = { 'application/json': { schema: refer(StoryboardSchema) } }

/** What `POST /v1/storyboards` takes and answers. */
export const makeStoryboardRoute = {
  operationId: 'makeStoryboard',
  tags: ['storyboards'],
  summary: 'Make a storyboard, or find the one that is there',
  description: 'Small pictures of a whole video in one sheet or several, with WebVTT for the preview of a player. The same question always has the same keys: a second request finds what the first one made.',
  headers: preferHeader,
  body: { content: { 'application/json': { schema: StoryboardRequestSchema } } },
  response: {
    200: { description: 'It was there.', headers: SERVER_TIMING, content: storyboard },
    201: { description: 'It was made.', headers: SERVER_TIMING, content: storyboard },
    ...acceptedResponse,
    ...describeResponses(CODES)
  }
}
