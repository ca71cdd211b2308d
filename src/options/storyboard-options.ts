import { parameterError } from '../input/check-input.ts'
import { PosterframeError } from '../errors.ts'
import type { PictureFormat } from './formats.ts'
import { OPTION_DEFAULTS, OPTION_RANGES } from './thumbnail-options.ts'
import { formatTimestamp, parseTimestamp } from './timestamp.ts'
import { readFormat, type Seek } from './frame-options.ts'

/** Formats of a sheet. */
export const SHEET_FORMATS = ['jpeg', 'webp', 'avif'] as const satisfies readonly PictureFormat[]
/** Names that a request may give the formats of a sheet: `jpg` is another name of `jpeg`. */
export const SHEET_FORMAT_NAMES = [...SHEET_FORMATS, 'jpg'] as const
/** `keyframe`: the key frame at or before the timestamp of each tile; `exact`: the frame at the timestamp. */
export const STORYBOARD_MODES = ['keyframe', 'exact'] as const
/** Ranges of the numeric options, both ends included. */
export const STORYBOARD_RANGES = {
  columns: { minimum: 1, maximum: 20 },
  width: { minimum: 16, maximum: 640 },
  quality: OPTION_RANGES.quality,
  expires: OPTION_RANGES.expires
} as const
/** Defaults of the options. */
export const STORYBOARD_DEFAULTS = {
  interval: 'auto',
  columns: 10,
  width: 160,
  format: 'jpeg',
  quality: OPTION_DEFAULTS.quality,
  mode: 'keyframe',
  expires: OPTION_DEFAULTS.expires,
  regenerate: false
} as const

/** One of {@link SHEET_FORMATS}. */
export type SheetFormat = (typeof SHEET_FORMATS)[number]

/** All options of a storyboard, checked and complete. */
export interface StoryboardOptions {
  /** Time between two tiles; undefined: chosen so that there are about a hundred tiles. */
  readonly intervalMicros: number | undefined
  /** Tiles in a row of a sheet; fewer if the sheet would be too wide. */
  readonly columns: number
  /** Width of a tile, in pixels; less if the video is smaller. */
  readonly width: number
  readonly format: SheetFormat
  readonly quality: number
  readonly mode: Seek
  readonly expires: number
  readonly regenerate: boolean
}

/** Options of a request, with valid types and within their ranges. */
export type RawStoryboardOptions = {
  readonly [Name in keyof typeof STORYBOARD_DEFAULTS]?: Name extends 'format'
    ? (typeof SHEET_FORMAT_NAMES)[number]
    : Name extends 'mode'
      ? Seek
      : Name extends 'interval'
        ? string | number
        : Name extends 'regenerate'
          ? boolean
          : number
}

const MIN_INTERVAL_MICROS = 100_000

/**
 * Parses the interval and adds the defaults of missing options.
 *
 * @throws PosterframeError `invalid_request` for an interval that is malformed or shorter than a tenth of a second
 */
export function completeStoryboardOptions (raw: RawStoryboardOptions): StoryboardOptions {
  const { interval, format, ...others } = { ...STORYBOARD_DEFAULTS, ...raw }
  return { ...others, format: readFormat(format), intervalMicros: parseInterval(interval) }
}

/** Returns an interval in microseconds; undefined for `auto`. */
function parseInterval (interval: string | number): number | undefined {
  try {
    const time = parseTimestamp(interval)
    if (time.kind === 'auto') return undefined
    if (time.kind === 'from-start' && time.micros >= MIN_INTERVAL_MICROS) return time.micros
  } catch {
    throw intervalError(interval)
  }
  throw intervalError(interval)
}

function intervalError (interval: string | number): PosterframeError {
  return parameterError('interval', `is '${String(interval).slice(0, 64)}', and must be auto or a time of at least 0.1s, such as 5s`)
}

/**
 * Returns the canonical text of the options that decide the sheets, for the fingerprint in their keys; a change of this
 * text regenerates every stored storyboard.
 */
export function describeStoryboard ({
  intervalMicros,
  columns,
  width,
  format,
  quality,
  mode
}: StoryboardOptions): string {
  const interval =
    intervalMicros === undefined ? 'auto' : formatTimestamp({ kind: 'from-start', micros: intervalMicros })
  return new URLSearchParams({
    interval,
    columns: String(columns),
    width: String(width),
    format,
    quality: String(quality),
    mode
  }).toString()
}

/** Tiles of a storyboard, at most. */
const MAX_TILES = 1000
const AUTO_TILES = 100
const MIN_AUTO_INTERVAL_MICROS = 1_000_000

/**
 * Returns the timestamps of the tiles, in microseconds from the start; at least one.
 *
 * @param durationSeconds null if unknown
 * @throws PosterframeError `video_limits_exceeded` for more than a thousand tiles
 */
export function tileTimes ({ intervalMicros }: StoryboardOptions, durationSeconds: number | null): number[] {
  const durationMicros = Math.round((durationSeconds ?? 0) * 1e6)
  const interval = intervalMicros ?? Math.max(MIN_AUTO_INTERVAL_MICROS, Math.ceil(durationMicros / AUTO_TILES))
  const count = Math.max(1, Math.ceil(durationMicros / interval))
  if (count > MAX_TILES) {
    throw new PosterframeError('video_limits_exceeded', {
      detail: `This 'interval' gives ${count} tiles, and a storyboard has at most ${MAX_TILES}. Use a longer one.`,
      rememberSeconds: 0
    })
  }
  return Array.from({ length: count }, (_, place) => place * interval)
}
