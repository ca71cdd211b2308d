import { PosterframeError } from '../errors.ts'
import type { PictureFormat } from './formats.ts'
import { OPTION_DEFAULTS, OPTION_RANGES } from './thumbnail-options.ts'
import { formatTimestamp, parseTimestamp } from './timestamp.ts'
import type { Seek } from './frame-options.ts'

/** Formats of a sheet. */
export const SHEET_FORMATS = ['jpeg', 'webp', 'avif'] as const satisfies readonly PictureFormat[]
/**
 * Which frames: key frames alone, at most as far before their moments as key frames lie apart, or those of the very
 * moments.
 */
export const STORYBOARD_MODES = ['keyframe', 'exact'] as const
/** Ranges of the numbers, both ends included. */
export const STORYBOARD_RANGES = {
  columns: { minimum: 1, maximum: 20 },
  width: { minimum: 16, maximum: 640 },
  quality: OPTION_RANGES.quality,
  expires: OPTION_RANGES.expires
} as const
/** What is not given. */
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
  /** Between two moments; undefined: so that there are about a hundred. */
  readonly intervalMicros: number | undefined
  /** Tiles in a row of a sheet; fewer where the sheet would be too wide. */
  readonly columns: number
  /** Of a tile, in pixels; less where the video is smaller. */
  readonly width: number
  readonly format: SheetFormat
  readonly quality: number
  readonly mode: Seek
  readonly expires: number
  readonly regenerate: boolean
}

/** The options as they come, of the right types and within their ranges. */
export type RawStoryboardOptions = {
  readonly [Name in keyof typeof STORYBOARD_DEFAULTS]?: Name extends 'format'
    ? SheetFormat
    : Name extends 'mode'
      ? Seek
      : Name extends 'interval'
        ? string
        : Name extends 'regenerate'
          ? boolean
          : number
}

const MIN_INTERVAL_MICROS = 100_000

/**
 * Reads the interval and fills in what was not given.
 *
 * @throws PosterframeError `invalid_request` for an interval that is none, or shorter than a tenth of a second
 */
export function completeStoryboardOptions (raw: RawStoryboardOptions): StoryboardOptions {
  const { interval, ...others } = { ...STORYBOARD_DEFAULTS, ...raw }
  return { ...others, intervalMicros: interval === 'auto' ? undefined : readInterval(interval) }
}

function readInterval (text: string): number {
  const refusal = new PosterframeError('invalid_request', {
    detail: "'interval' is auto, or a time of a tenth of a second or more, such as 5s.",
    members: { parameter: 'interval' }
  })
  try {
    const time = parseTimestamp(text)
    if (time.kind === 'from-start' && time.micros >= MIN_INTERVAL_MICROS) return time.micros
  } catch {
    throw refusal
  }
  throw refusal
}

/** The canonical text of what decides the sheets, for the fingerprint in their keys. */
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

/** More tiles than these are refused. */
const MAX_TILES = 1000
const AUTO_TILES = 100
const MIN_AUTO_INTERVAL_MICROS = 1_000_000

/**
 * The moments that tiles are wanted of, in microseconds from the start; at least the first.
 *
 * @param durationSeconds null where nobody knows
 * @throws PosterframeError `video_limits_exceeded` where they are more than a thousand
 */
export function tileTimes ({ intervalMicros }: StoryboardOptions, durationSeconds: number | null): number[] {
  const durationMicros = Math.round((durationSeconds ?? 0) * 1e6)
  const apart = intervalMicros ?? Math.max(MIN_AUTO_INTERVAL_MICROS, Math.ceil(durationMicros / AUTO_TILES))
  const count = Math.max(1, Math.ceil(durationMicros / apart))
  if (count > MAX_TILES) {
    throw new PosterframeError('video_limits_exceeded', {
      detail: `That would be ${count} tiles, and ${MAX_TILES} are made at most: ask for a longer interval.`
    })
  }
  return Array.from({ length: count }, (_, place) => place * apart)
}
