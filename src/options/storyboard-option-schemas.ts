import { Type } from 'typebox'
import { SHEET_FORMATS, STORYBOARD_DEFAULTS, STORYBOARD_MODES, STORYBOARD_RANGES } from './storyboard-options.ts'

const whole = (name: keyof typeof STORYBOARD_RANGES, description: string) =>
  Type.Optional(Type.Integer({ ...STORYBOARD_RANGES[name], default: STORYBOARD_DEFAULTS[name], description }))

/** The schemas of the options of a storyboard, by name. */
export const storyboardOptions = {
  interval: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      default: STORYBOARD_DEFAULTS.interval,
      examples: ['5s'],
      description:
        '`auto`: about a hundred tiles, not less than a second apart. Else a time of a tenth of a second or ' +
          'more, as a timestamp is written; at most a thousand tiles.'
    })
  ),
  columns: whole('columns', 'Tiles in a row; fewer where a sheet would be wider than its format allows.'),
  width: whole(
    'width',
    'Width of a tile in pixels; less where the video is smaller. Its height follows from the video.'
  ),
  format: Type.Optional(
    Type.Enum(SHEET_FORMATS, { default: STORYBOARD_DEFAULTS.format, description: 'Format of the sheets.' })
  ),
  quality: whole('quality', 'Quality of the encoding.'),
  mode: Type.Optional(
    Type.Enum(STORYBOARD_MODES, {
      default: STORYBOARD_DEFAULTS.mode,
      description:
        '`keyframe`: the key frame at or before each moment, which costs little. `exact`: the frame that a ' +
          'player shows then.'
    })
  ),
  expires: whole('expires', 'Seconds that the presigned URLs live, those in the WebVTT too.'),
  regenerate: Type.Optional(
    Type.Boolean({
      default: STORYBOARD_DEFAULTS.regenerate,
      description: 'Make the storyboard again even if it is there.'
    })
  )
}
