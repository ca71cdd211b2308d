import type { PictureFormat } from './formats.ts'
import { parameterError } from '../input/check-input.ts'
import { OPTION_DEFAULTS, OPTION_RANGES } from './thumbnail-options.ts'
import { parseTimestamp } from './timestamp.ts'

/** Parts of the video that a preview shows. `best`: the best single seconds of the whole video; `span`: one span. */
export const PREVIEW_KINDS = ['best', 'span'] as const
/** Formats of a preview. */
export const PREVIEW_FORMATS = ['webp'] as const satisfies readonly PictureFormat[]
/** One of {@link PREVIEW_FORMATS}. */
export type PreviewFormat = (typeof PREVIEW_FORMATS)[number]

/** Ranges of the numeric options, both ends included. */
export const PREVIEW_RANGES = {
  start: { minimum: 0, maximum: 1_000_000_000 },
  duration: { minimum: 3, maximum: 10 },
  width: { minimum: 16, maximum: 640 },
  framesPerSecond: { minimum: 1, maximum: 12 },
  quality: OPTION_RANGES.quality,
  maxBytes: { minimum: 16_384, maximum: 16_777_216 },
  expires: OPTION_RANGES.expires
} as const
/** Defaults of the options. */
export const PREVIEW_DEFAULTS = {
  kind: 'best',
  format: 'webp',
  start: 0,
  duration: 3,
  width: 320,
  framesPerSecond: 8,
  quality: 60,
  maxBytes: 2_097_152,
  expires: OPTION_DEFAULTS.expires,
  regenerate: false
} as const

/** All options of a preview, checked and complete. */
export interface PreviewOptions {
  readonly kind: (typeof PREVIEW_KINDS)[number]
  readonly format: PreviewFormat
  /** Start of a `span`, in seconds from the start of the video. */
  readonly start: number
  /** Length of the preview, in whole seconds. */
  readonly duration: number
  /** Length of the longer side, in pixels; less if the video is smaller. */
  readonly width: number
  readonly framesPerSecond: number
  /** Quality of the first attempt; lowered while the file exceeds `maxBytes`. */
  readonly quality: number
  /** Size of the file, at most. */
  readonly maxBytes: number
  readonly expires: number
  readonly regenerate: boolean
}

/** Options of a request, with valid types, and numbers within their ranges. A text is a time, such as `5s`. */
export type RawPreviewOptions = {
  readonly [Name in keyof PreviewOptions]?: Name extends 'start' | 'duration' ? number | string : PreviewOptions[Name]
}

/**
 * Parses the times and adds the defaults of missing options.
 *
 * @throws PosterframeError `invalid_request` for a time that is malformed or outside its range
 */
export function completePreviewOptions (raw: RawPreviewOptions): PreviewOptions {
  const { start, duration, ...others } = { ...PREVIEW_DEFAULTS, ...raw }
  return {
    ...others,
    start: readSeconds('start', start),
    duration: readSeconds('duration', duration)
  }
}

/** Returns a time in seconds. A number, which the schema checked, is one already. */
function readSeconds (name: 'start' | 'duration', time: number | string): number {
  if (typeof time === 'number') return time
  const { minimum, maximum } = PREVIEW_RANGES[name]
  const seconds = parseSeconds(time)
  if (seconds >= minimum && seconds <= maximum && (name === 'start' || Number.isInteger(seconds))) return seconds
  const number = name === 'start' ? 'number' : 'whole number'
  const [from, to] = [minimum, maximum].map((limit) => limit.toLocaleString('en'))
  const allowed = `a ${number} of seconds from ${from} to ${to}, or a text such as ${name === 'start' ? '1m30s' : '5s'}`
  throw parameterError(name, `is '${time.slice(0, 64)}', and must be ${allowed}`)
}

/** Returns the seconds of a time; NaN if it is malformed or no time from the start. */
function parseSeconds (text: string): number {
  try {
    const time = parseTimestamp(text)
    return time.kind === 'from-start' ? time.micros / 1e6 : NaN
  } catch {
    return NaN
  }
}

/**
 * Returns the canonical text of the options that decide the pixels, for the fingerprint in the key. The format is not
 * part of it, since the key ends with its extension; a change of this text regenerates every stored preview.
 */
export function describePreview ({
  kind,
  start,
  duration,
  width,
  framesPerSecond,
  quality,
  maxBytes
}: PreviewOptions): string {
  const numbers = { duration, width, framesPerSecond, quality, maxBytes, ...(kind === 'span' ? { start } : {}) }
  return new URLSearchParams({
    kind,
    ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]))
  }).toString()
}
