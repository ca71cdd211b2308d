import { PosterframeError } from '../errors.ts'
import { formatTimestamp, parseTimestamp } from './timestamp.ts'
import type { Timestamp } from './timestamp.ts'
import type { Seek, Beyond, Fit, Format } from './frame-options.ts'
/** Ranges of the numeric options, both ends included: pixels, per cent, seconds. */
export const OPTION_RANGES = {
  width: { minimum: 16, maximum: 4096 },
  height: { minimum: 16, maximum: 4096 },
  quality: { minimum: 1, maximum: 100 },
  expires: { minimum: 60, maximum: 604_800 }
} as const
/** What an option is when it is not given. `width` and `height` then follow from the source. */
export const OPTION_DEFAULTS = {
  timestamp: 'auto',
  seek: 'exact',
  beyond: 'error',
  fit: 'inside',
  format: 'jpeg',
  quality: 80,
  background: '000000',
  regenerate: false,
  expires: 3600
} as const

/** How a colour is written: six hexadecimal digits, as in HTML, with or without their `#`. */
export const COLOUR_PATTERN = '^#?[0-9A-Fa-f]{6}$'

/** What decides the picture. Two equal values make the same picture of the same source. */
export interface PictureOptions {
  readonly timestamp: Timestamp
  readonly seek: Seek
  readonly beyond: Beyond
  /** Pixels, 16 to 4096. Neither given: the source's display size, at most 1920 wide. */
  readonly width: number | undefined
  readonly height: number | undefined
  readonly fit: Fit
  readonly format: Format
  /** 1 to 100. */
  readonly quality: number
  /**
   * Six small hexadecimal digits: what shows through where the format has no transparency, and around a `contain`ed
   * picture.
   */
  readonly background: string
}

/** All options of one thumbnail, checked and complete. */
export interface ThumbnailOptions extends PictureOptions {
  readonly regenerate: boolean
  /** Seconds that the presigned URL lives, 60 to 604,800. */
  readonly expires: number
}

/** The options as they come from a query or a JSON body, of the right types but not complete. */
export interface RawThumbnailOptions {
  readonly timestamp?: string
  readonly seek?: Seek
  readonly beyond?: Beyond
  readonly width?: number
  readonly height?: number
  readonly fit?: Fit
  readonly format?: Format
  readonly quality?: number
  readonly background?: string
  readonly regenerate?: boolean
  readonly expires?: number
}

/**
 * Reads the timestamp, checks the ranges and fills in what was not given.
 *
 * @throws PosterframeError `invalid_timestamp`, or `invalid_request` for a number outside its range and for what is
 * no colour.
 */
export function completeOptions (raw: RawThumbnailOptions): ThumbnailOptions {
  checkRanges(raw)
  const defaults = OPTION_DEFAULTS
  return {
    timestamp: parseTimestamp(raw.timestamp ?? defaults.timestamp),
    seek: raw.seek ?? defaults.seek,
    beyond: raw.beyond ?? defaults.beyond,
    width: raw.width,
    height: raw.height,
    fit: raw.fit ?? defaults.fit,
    format: raw.format ?? defaults.format,
    quality: raw.quality ?? defaults.quality,
    background: readColour(raw.background ?? defaults.background),
    regenerate: raw.regenerate ?? defaults.regenerate,
    expires: raw.expires ?? defaults.expires
  }
}

function checkRanges (raw: RawThumbnailOptions): void {
  for (const name of ['width', 'height', 'quality', 'expires'] as const) {
    const value = raw[name]
    const { minimum, maximum } = OPTION_RANGES[name]
    if (value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum)) continue
    throw new PosterframeError('invalid_request', {
      detail: `${name} is a whole number from ${minimum} to ${maximum}.`
    })
  }
}

function readColour (text: string): string {
  if (new RegExp(COLOUR_PATTERN).test(text)) return text.replace('#', '').toLowerCase()
  throw new PosterframeError('invalid_request', {
    detail: 'background is a colour of six hexadecimal digits, such as ffffff.'
  })
}

/**
 * The canonical text of what decides the picture, for the fingerprint in the output key. Different ways to write the
 * same moment give one text; a change of this text makes every stored thumbnail anew.
 */
export function describePicture (options: PictureOptions): string {
  const { seek, beyond, width = '', height = '', fit, format, quality, background } = options
  const timestamp = formatTimestamp(unifyTimestamp(options.timestamp))
  return new URLSearchParams(
    Object.entries({
      timestamp,
      seek,
      beyond,
      width: String(width),
      height: String(height),
      fit,
      format,
      quality: String(quality),
      background
    })
  ).toString()
}

function unifyTimestamp (timestamp: Timestamp): Timestamp {
  if (timestamp.kind === 'first') return { kind: 'from-start', micros: 0 }
  if (timestamp.kind === 'middle') return { kind: 'fraction', fraction: 0.5 }
  if (timestamp.kind === 'fraction' && timestamp.fraction === 0) return { kind: 'from-start', micros: 0 }
  return timestamp
}
