import { Type } from 'typebox'
import { COLOUR_PATTERN, OPTION_DEFAULTS, OPTION_RANGES } from './thumbnail-options.ts'
import { BEYONDS, FITS, FORMATS, SEEKS } from './frame-options.ts'

/** What the name of a preset looks like. */
export const PRESET_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'

const pixels = (side: 'width' | 'height') =>
  Type.Optional(
    Type.Integer({
      ...OPTION_RANGES[side],
      description: `The ${side} of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide.`
    })
  )

/** The schemas of the options of a thumbnail that a preset may hold, by name. */
export const pictureOptions = {
  timestamp: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      default: OPTION_DEFAULTS.timestamp,
      description:
        'The moment: `12.5`, `12.5s`, `1500ms`, `2m3s`, `01:02.5`, `00:01:02.5`, `50pct` (or `50%`, written ' +
          '`50%25` in a URL), `-2s` (from the end), `first`, `middle`, `last` or `auto`.',
      examples: ['12.5s']
    })
  ),
  seek: Type.Optional(
    Type.Enum(SEEKS, {
      default: OPTION_DEFAULTS.seek,
      description: '`exact`: the frame that a player shows at the timestamp. `keyframe`: the key frame at or before it.'
    })
  ),
  beyond: Type.Optional(
    Type.Enum(BEYONDS, {
      default: OPTION_DEFAULTS.beyond,
      description: 'What a timestamp past the end means: a 422, or the last frame.'
    })
  ),
  width: pixels('width'),
  height: pixels('height'),
  fit: Type.Optional(
    Type.Enum(FITS, {
      default: OPTION_DEFAULTS.fit,
      description: 'How the picture fills the size asked for; it is never enlarged.'
    })
  ),
  format: Type.Optional(
    Type.Enum(FORMATS, { default: OPTION_DEFAULTS.format, description: 'Format of the thumbnail.' })
  ),
  quality: Type.Optional(
    Type.Integer({
      ...OPTION_RANGES.quality,
      default: OPTION_DEFAULTS.quality,
      description: 'Quality of the encoding.'
    })
  ),
  background: Type.Optional(
    Type.String({
      pattern: COLOUR_PATTERN,
      default: OPTION_DEFAULTS.background,
      description:
        'A colour of six hexadecimal digits: what shows through a transparent video in a format without ' +
          'transparency, and what a `contain`ed picture is padded with.',
      examples: ['ffffff']
    })
  ),
  expires: Type.Optional(
    Type.Integer({
      ...OPTION_RANGES.expires,
      default: OPTION_DEFAULTS.expires,
      description: 'Seconds that the presigned URL lives.'
    })
  )
}

/** The option `preset`. */
export const preset = Type.Optional(
  Type.String({
    pattern: PRESET_NAME_PATTERN,
    description:
      'A named set of options from the configuration of the service. An option that is given beside it goes ' +
        'before its own.',
    examples: ['poster']
  })
)

/** The schemas of all options of a thumbnail in a request, by name. */
export const requestOptions = {
  ...pictureOptions,
  preset,
  regenerate: Type.Optional(
    Type.Boolean({ default: OPTION_DEFAULTS.regenerate, description: 'Make the thumbnail again even if it is there.' })
  )
}
