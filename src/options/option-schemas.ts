import { type TSchemaOptions, Type } from 'typebox'
import { BEYONDS, FITS, FORMAT_NAMES, SEEKS } from './frame-options.ts'
import { PREVIEW_DEFAULTS, PREVIEW_KINDS, PREVIEW_RANGES } from './preview-options.ts'
import { SHEET_FORMAT_NAMES, STORYBOARD_DEFAULTS, STORYBOARD_MODES, STORYBOARD_RANGES } from './storyboard-options.ts'
import { OPTION_DEFAULTS, OPTION_RANGES } from './thumbnail-options.ts'

/** Pattern of the name of a preset. */
export const PRESET_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'

/** Time: a text, or a JSON number of seconds. `numbers` restricts the number. */
const time = (options: TSchemaOptions, numbers: { readonly type: 'number' | 'integer' } = { type: 'number' }) =>
  Type.Unsafe<string | number>({
    ...numbers,
    type: ['string', numbers.type],
    minLength: 1,
    maxLength: 64,
    ...options
  })

const pixels = (side: 'width' | 'height') =>
  Type.Optional(
    Type.Integer({
      ...OPTION_RANGES[side],
      description:
        `Maximum ${side} in pixels. Without width and height: the display size, at most 1,920 wide.`
    })
  )

/** Schemas of the thumbnail options that a preset may set, by name. */
export const pictureOptions = {
  timestamp: Type.Optional(
    time({
      default: OPTION_DEFAULTS.timestamp,
      description:
        'Position in the video: `12.5`, `12.5s`, `1500ms`, `2m3s`, `01:02.5`, `00:01:02.5`, `50pct` (or `50%`, ' +
        '`50%25` in a URL), `-2s` (before the end), `frame:250` (counted from 0), `first`, `middle`, `last`, or ' +
        '`auto` for a representative frame. A number is in seconds.',
      examples: ['12.5s']
    })
  ),
  seek: Type.Optional(
    Type.Enum(SEEKS, {
      type: 'string',
      default: OPTION_DEFAULTS.seek,
      description: '`exact`: the frame a player shows at the timestamp. `keyframe`: the key frame at or before it.'
    })
  ),
  beyond: Type.Optional(
    Type.Enum(BEYONDS, {
      type: 'string',
      default: OPTION_DEFAULTS.beyond,
      description: 'Timestamp at or past the end of the video: `error` returns 422, `clamp` selects the last frame.'
    })
  ),
  width: pixels('width'),
  height: pixels('height'),
  fit: Type.Optional(
    Type.Enum(FITS, {
      type: 'string',
      default: OPTION_DEFAULTS.fit,
      description:
        'How the image fits into width and height. Images are never enlarged; for a smaller video, `cover` and ' +
        '`fill` keep the shape of the box.'
    })
  ),
  format: Type.Optional(
    Type.Enum(FORMAT_NAMES, { type: 'string', default: OPTION_DEFAULTS.format, description: 'Image format.' })
  ),
  quality: Type.Optional(
    Type.Integer({ ...OPTION_RANGES.quality, default: OPTION_DEFAULTS.quality, description: 'Encoding quality.' })
  ),
  background: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      default: OPTION_DEFAULTS.background,
      description:
        'Colour as six hexadecimal digits or a CSS name. Fills transparent areas if the format has no transparency, ' +
        'and the padding of `fit=contain`.',
      examples: ['ffffff']
    })
  ),
  expires: Type.Optional(
    Type.Integer({
      ...OPTION_RANGES.expires,
      default: OPTION_DEFAULTS.expires,
      description: 'URL lifetime in seconds.'
    })
  )
}

/** Schema of the option `preset`. */
export const preset = Type.Optional(
  Type.String({
    pattern: PRESET_NAME_PATTERN,
    description:
      'Name of a set of options from the configuration of the service, such as `poster`. Explicit options override ' +
      'the preset.'
  })
)

/** Schemas of all thumbnail options of a request, by name. */
export const requestOptions = {
  ...pictureOptions,
  preset,
  regenerate: Type.Optional(
    Type.Boolean({
      default: OPTION_DEFAULTS.regenerate,
      description: 'Create the thumbnail again even if it exists.'
    })
  )
}

const sheetNumber = (name: keyof typeof STORYBOARD_RANGES, description: string) =>
  Type.Optional(Type.Integer({ ...STORYBOARD_RANGES[name], default: STORYBOARD_DEFAULTS[name], description }))

/** Schemas of the storyboard options, by name. */
export const storyboardOptions = {
  interval: Type.Optional(
    time({
      default: STORYBOARD_DEFAULTS.interval,
      examples: ['5s'],
      description:
        'Time between two tiles, written like a timestamp, at least 0.1 s; a storyboard has at most 1,000 tiles. ' +
        '`auto`: about 100 tiles, at least one second apart.'
    })
  ),
  columns: sheetNumber('columns', 'Tiles per row. Reduced if the sheet would exceed the maximum width of its format.'),
  width: sheetNumber(
    'width',
    'Width of a tile in pixels, reduced for a smaller video. The height keeps the aspect ratio.'
  ),
  format: Type.Optional(
    Type.Enum(SHEET_FORMAT_NAMES, {
      type: 'string',
      default: STORYBOARD_DEFAULTS.format,
      description: 'Image format of the sheets.'
    })
  ),
  quality: sheetNumber('quality', 'Encoding quality.'),
  mode: Type.Optional(
    Type.Enum(STORYBOARD_MODES, {
      type: 'string',
      default: STORYBOARD_DEFAULTS.mode,
      description:
        '`keyframe`: the key frame at or before each timestamp, which is faster. `exact`: the frame that a player ' +
        'shows at the timestamp.'
    })
  ),
  expires: sheetNumber('expires', 'URL lifetime in seconds, also in the WebVTT file.'),
  regenerate: Type.Optional(
    Type.Boolean({
      default: STORYBOARD_DEFAULTS.regenerate,
      description: 'Create the storyboard again even if it exists.'
    })
  )
}

const previewNumber = (name: keyof typeof PREVIEW_RANGES, description: string) =>
  Type.Optional(Type.Integer({ ...PREVIEW_RANGES[name], default: PREVIEW_DEFAULTS[name], description }))

/** Schemas of the preview options, by name. */
export const previewOptions = {
  kind: Type.Optional(
    Type.Enum(PREVIEW_KINDS, {
      type: 'string',
      default: PREVIEW_DEFAULTS.kind,
      description:
        '`best`: representative one-second parts of the whole video. `span`: one part, from `start` on.'
    })
  ),
  start: Type.Optional(
    time(
      {
        default: PREVIEW_DEFAULTS.start,
        description: 'Start of a `span`: seconds, or a time such as `1m30s`.',
        examples: ['1m30s']
      },
      { type: 'number', ...PREVIEW_RANGES.start }
    )
  ),
  duration: Type.Optional(
    time(
      {
        default: PREVIEW_DEFAULTS.duration,
        description: 'Duration: whole seconds, or a time such as `5s`.',
        examples: ['5s']
      },
      { type: 'integer', ...PREVIEW_RANGES.duration }
    )
  ),
  width: previewNumber('width', 'Maximum width and height in pixels. A smaller video is not enlarged.'),
  framesPerSecond: previewNumber(
    'framesPerSecond',
    'Frames per second. Reduced if the frames would not fit into memory.'
  ),
  quality: previewNumber('quality', 'Encoding quality. Reduced if the file would exceed `maxBytes`.'),
  maxBytes: previewNumber('maxBytes', 'Maximum file size in bytes.'),
  expires: previewNumber('expires', 'URL lifetime in seconds.'),
  regenerate: Type.Optional(
    Type.Boolean({ default: PREVIEW_DEFAULTS.regenerate, description: 'Create the preview again even if it exists.' })
  )
}
