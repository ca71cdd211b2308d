import { parameterError } from '../input/check-input.ts'
import { formatTimestamp, parseTimestamp, type Timestamp } from './timestamp.ts'
import { type Beyond, type Fit, type Format, type FORMAT_NAMES, readFormat, type Seek } from './frame-options.ts'
import colourNames from 'color-name'

/** Ranges of the numeric options, both ends included: pixels, per cent, seconds. */
export const OPTION_RANGES = {
  width: { minimum: 16, maximum: 4096 },
  height: { minimum: 16, maximum: 4096 },
  quality: { minimum: 1, maximum: 100 },
  expires: { minimum: 60, maximum: 604_800 }
} as const

/** Defaults of the options. `width` and `height` have none; they depend on the source. */
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

/** Options that decide the picture: equal options give the same picture of the same source. */
export interface PictureOptions {
  readonly timestamp: Timestamp
  readonly seek: Seek
  readonly beyond: Beyond
  /** Pixels, 16 to 4096. Default of both: the display size of the source, at most 1920 wide. */
  readonly width: number | undefined
  readonly height: number | undefined
  readonly fit: Fit
  readonly format: Format
  /** 1 to 100. */
  readonly quality: number
  /**
   * Six lower-case hexadecimal digits: the colour behind a transparent video in a format without transparency, and
   * around a `contain`ed picture.
   */
  readonly background: string
}

type ColourName = keyof typeof colourNames

/** All options of one thumbnail, checked and complete. */
export interface ThumbnailOptions extends PictureOptions {
  readonly regenerate: boolean
  /** Lifetime of the presigned URL in seconds, 60 to 604,800. */
  readonly expires: number
}

/** Options of a query or a JSON body, with valid types and not complete. */
export interface RawThumbnailOptions {
  /** A number is in seconds. */
  readonly timestamp?: string | number
  readonly seek?: Seek
  readonly beyond?: Beyond
  readonly width?: number
  readonly height?: number
  readonly fit?: Fit
  readonly format?: (typeof FORMAT_NAMES)[number]
  readonly quality?: number
  readonly background?: string
  readonly regenerate?: boolean
  readonly expires?: number
}

/**
 * Parses the timestamp, checks ranges and adds the defaults of missing options.
 *
 * @throws PosterframeError `invalid_timestamp`, or `invalid_request` for a number outside its range or a malformed
 * colour
 */
export function completeOptions (raw: RawThumbnailOptions): ThumbnailOptions {
  assertRanges(raw)
  const defaults = OPTION_DEFAULTS
  return {
    timestamp: parseTimestamp(raw.timestamp ?? defaults.timestamp),
    seek: raw.seek ?? defaults.seek,
    beyond: raw.beyond ?? defaults.beyond,
    width: raw.width,
    height: raw.height,
    fit: raw.fit ?? defaults.fit,
    format: readFormat(raw.format ?? defaults.format),
    quality: raw.quality ?? defaults.quality,
    background: parseColour(raw.background ?? defaults.background),
    regenerate: raw.regenerate ?? defaults.regenerate,
    expires: raw.expires ?? defaults.expires
  }
}

function assertRanges (raw: RawThumbnailOptions): void {
  for (const name of ['width', 'height', 'quality', 'expires'] as const) {
    const value = raw[name]
    const { minimum, maximum } = OPTION_RANGES[name]
    if (value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum)) continue
    throw parameterError(name, `is ${value}, and must be a whole number from ${minimum} to ${maximum}`)
  }
}

/** Returns six lower-case hexadecimal digits for these digits, with or without `#`, or for the name of a CSS colour. */
function parseColour (text: string): string {
  const colour = text.trim().toLowerCase()
  if (/^#?[0-9a-f]{6}$/.test(colour)) return colour.replace('#', '')
  if (Object.hasOwn(colourNames, colour)) return Buffer.from(colourNames[colour as ColourName]).toString('hex')
  throw parameterError(
    'background',
    `is '${text.slice(0, 64)}', and must be six hexadecimal digits, such as ffffff, or a CSS colour name, such as white`
  )
}

/**
 * Returns the canonical text of the options that decide the picture, for the fingerprint in the output key. All forms
 * of one timestamp give one text; a change of this text regenerates every stored thumbnail. `shape` marks the pictures
 * that keep the shape of their box: without it, earlier versions stored others for a video smaller than the box.
 */
export function describePicture (options: PictureOptions): string {
  const { seek, beyond, width = '', height = '', fit, format, quality, background } = options
  const timestamp = formatTimestamp(normaliseTimestamp(options.timestamp))
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
      background,
      ...(keepsShape(options) ? { shape: 'kept' } : {})
    })
  ).toString()
}

/** Returns whether a picture has the shape of the box of its width and height, however small the video is. */
function keepsShape ({ width, height, fit }: PictureOptions): boolean {
  return width !== undefined && height !== undefined && (fit === 'cover' || fit === 'fill')
}

function normaliseTimestamp (timestamp: Timestamp): Timestamp {
  if (timestamp.kind === 'first') return { kind: 'from-start', micros: 0 }
  if (timestamp.kind === 'middle') return { kind: 'fraction', fraction: 0.5 }
  if (timestamp.kind === 'fraction' && timestamp.fraction === 0) return { kind: 'from-start', micros: 0 }
  return timestamp
}
