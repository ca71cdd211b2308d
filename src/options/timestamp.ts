import { PosterframeError } from '../errors.ts'
import type { Beyond } from './frame-options.ts'

/**
 * A timestamp as the client writes it, before the duration is known. Times are whole microseconds, so that they compare
 * exactly.
 */
export type Timestamp =
  | { readonly kind: 'from-start', readonly micros: number }
  | { readonly kind: 'from-end', readonly micros: number }
  /** `fraction` of the duration, from 0 to less than 1, in steps of 1e-8. */
  | { readonly kind: 'fraction', readonly fraction: number }
  /** The frame at a place in the order of presentation, counted from 0; place 0 is `first`. */
  | { readonly kind: 'frame', readonly place: number }
  | { readonly kind: 'first' }
  | { readonly kind: 'middle' }
  | { readonly kind: 'last' }
  | { readonly kind: 'auto' }

const MICROS_PER_SECOND = 1_000_000
const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND
const MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE
/** 31 years: longer than any video, and within the integers that a double represents exactly. */
const MAX_MICROS = 1_000_000_000 * MICROS_PER_SECOND
const MAX_TEXT_LENGTH = 64
/** 96 days at 120 frames a second. */
const MAX_PLACE = 1_000_000_000
/** Steps of 100 %: a percentage has six decimals. */
const FRACTION_STEPS = 100_000_000

// JavaScript's \d matches ASCII only, and not the digits of other scripts.
const NUMBER = '\\d+(?:\\.\\d+)?'
const SECONDS = new RegExp(`^(${NUMBER})s?$`)
const MILLISECONDS = new RegExp(`^(${NUMBER})ms$`)
const UNITS = new RegExp(`^(?=.)(?:(\\d+)h)?(?:(\\d+)m)?(?:(${NUMBER})s)?$`)
const CLOCK = /^(?:(\d+):)?(\d{1,2}):(\d\d(?:\.\d+)?)$/
const FRAME = /^frame:(\d+)$/i
const PERCENT = new RegExp(`^(${NUMBER})(?:%|pct)$`)

/**
 * Parses a timestamp: a number of seconds, or a text, which may have blanks around it and its word in any case. A time
 * with more than six decimals is rounded up to the microsecond, as are the timestamps of responses: a timestamp must
 * never be before the frame that it names. `100%` is `last`, and `frame:0` is `first`.
 *
 * @throws PosterframeError `invalid_timestamp` for any other than the documented forms
 */
export function parseTimestamp (input: string | number): Timestamp {
  const text = typeof input === 'number' ? writeSeconds(input) : input.trim()
  if (text.length > MAX_TEXT_LENGTH) throw timestampError(`A timestamp has at most ${MAX_TEXT_LENGTH} characters.`)
  const word = text.toLowerCase()
  switch (word) {
    case 'first':
    case 'middle':
    case 'last':
    case 'auto':
      return { kind: word }
  }
  const percent = PERCENT.exec(text)?.[1]
  if (percent !== undefined) {
    const steps = parsePercent(percent)
    return steps === FRACTION_STEPS ? { kind: 'last' } : { kind: 'fraction', fraction: steps / FRACTION_STEPS }
  }
  const place = FRAME.exec(text)?.[1]
  if (place !== undefined) return Number(place) === 0 ? { kind: 'first' } : { kind: 'frame', place: parsePlace(place) }
  if (text.startsWith('-')) return { kind: 'from-end', micros: parseTime(text.slice(1)) }
  return { kind: 'from-start', micros: parseTime(text) }
}

/** Writes a number in decimal digits; `String` would write one below 0.000001 with an exponent. */
function writeSeconds (seconds: number): string {
  // The sum is 0 for -0, which as a text would be the end.
  return (seconds + 0).toLocaleString('en', { useGrouping: false, maximumFractionDigits: 20 })
}

function parseTime (text: string): number {
  const micros = sumFields(text)
  if (micros === undefined) throw timestampError(`'${text}' is not a timestamp.`)
  if (micros > MAX_MICROS) throw timestampError(`'${text}' is more than 1,000,000,000 seconds.`)
  return micros
}

function sumFields (text: string): number | undefined {
  const seconds = SECONDS.exec(text)?.[1]
  if (seconds !== undefined) return scaleDecimal(seconds, 6, 'up')
  const milliseconds = MILLISECONDS.exec(text)?.[1]
  if (milliseconds !== undefined) return scaleDecimal(milliseconds, 3, 'up')
  const clock = CLOCK.exec(text)
  const fields = clock ?? UNITS.exec(text)
  if (fields === null) return undefined
  const [, hours = '0', minutes = '0', rest = '0'] = fields
  const restMicros = scaleDecimal(rest, 6, 'up')
  if (clock !== null && (Number(minutes) >= 60 || Number(rest) >= 60)) {
    throw timestampError(`'${text}' has minutes or seconds above 59.`)
  }
  return Number(hours) * MICROS_PER_HOUR + Number(minutes) * MICROS_PER_MINUTE + restMicros
}

function parsePlace (text: string): number {
  const place = Number(text)
  if (place > MAX_PLACE) throw timestampError(`'frame:${text}' is more than frame 1,000,000,000.`)
  return place
}

function parsePercent (text: string): number {
  // Not rounded up: 99.99999999 % is a time within the video, and 100 % its last frame.
  const steps = scaleDecimal(text, 6, 'down')
  if (Number(text) > 100) throw timestampError(`'${text}%' is more than 100%.`)
  return steps
}

/** Returns `text` times 10^`places`, computed from the digits: in binary 1.1 * 1e6 is 1100000.0000000001. */
function scaleDecimal (text: string, places: number, rounding: 'up' | 'down'): number {
  const [whole = '', decimals = ''] = text.split('.')
  const scaled = Number(whole + decimals.slice(0, places).padEnd(places, '0'))
  const hasMore = /[1-9]/.test(decimals.slice(places))
  return hasMore && rounding === 'up' ? scaled + 1 : scaled
}

function timestampError (problem: string): PosterframeError {
  const forms =
    'Use seconds (12.5 or 12.5s), milliseconds (1500ms), units (1h2m3.5s), a clock (01:02.5 or 00:01:02.5), ' +
    'a percentage (50% or 50pct), a time from the end (-2s), the number of a frame, counted from 0 (frame:250), ' +
    'or first, middle, last or auto.'
  return new PosterframeError('invalid_timestamp', { detail: `${problem} ${forms}` })
}

/** Returns the canonical text of a timestamp: `parseTimestamp(formatTimestamp(t))` equals `t`. */
export function formatTimestamp (timestamp: Timestamp): string {
  switch (timestamp.kind) {
    case 'from-start':
      return `${formatMillionths(timestamp.micros)}s`
    case 'from-end':
      return `-${formatMillionths(timestamp.micros)}s`
    case 'fraction':
      return `${formatMillionths(countSteps(timestamp.fraction))}%`
    case 'frame':
      return `frame:${timestamp.place}`
    case 'first':
    case 'middle':
    case 'last':
    case 'auto':
      return timestamp.kind
  }
}

function formatMillionths (millionths: number): string {
  const digits = String(millionths).padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
}

function countSteps (fraction: number): number {
  return Math.round(fraction * FRACTION_STEPS)
}

/**
 * Returns the time T on the presentation timeline, in whole microseconds; the frame of T is the last one at or before
 * it. `first` is 0. `last`, and with `clamp` every T at or after the end, is `Number.MAX_SAFE_INTEGER`. A time from the
 * end that is before the start is 0, since the frame of a T before the first frame is the first frame. `-0` is the end.
 *
 * @throws PosterframeError `timestamp_out_of_range`, with `duration` in seconds, if T >= duration with `error`. A video
 * of duration 0 has its frame at 0.
 */
export function resolveTimestamp (
  timestamp: Exclude<Timestamp, { kind: 'auto' | 'frame' }>,
  durationMicros: number,
  beyond: Beyond
): number {
  if (timestamp.kind === 'last') return Number.MAX_SAFE_INTEGER
  const micros = placeTimestamp(timestamp, durationMicros)
  if (micros < durationMicros || micros === 0) return micros
  if (beyond === 'clamp') return Number.MAX_SAFE_INTEGER
  throw new PosterframeError('timestamp_out_of_range', {
    detail: `The video ends at ${formatMillionths(durationMicros)} s. Use an earlier timestamp, "last" or beyond=clamp.`,
    members: { duration: durationMicros / MICROS_PER_SECOND }
  })
}

/**
 * Returns the place of the frame that a number selects; with `clamp` that of the last frame for a number past it.
 *
 * @param frames number of shown frames, at least 1
 * @throws PosterframeError `timestamp_out_of_range`, with `frames`, for a number past the last frame with `error`
 */
export function resolvePlace (place: number, frames: number, beyond: Beyond): number {
  if (place < frames) return place
  if (beyond === 'clamp') return frames - 1
  const last = frames === 1 ? '"first"' : `frame:${frames - 1}`
  throw new PosterframeError('timestamp_out_of_range', {
    detail: `The last frame of the video is ${last}, counted from 0. Use a lower number, "last" or beyond=clamp.`,
    members: { frames }
  })
}

function placeTimestamp (
  timestamp: Exclude<Timestamp, { kind: 'auto' | 'frame' | 'last' }>,
  durationMicros: number
): number {
  switch (timestamp.kind) {
    case 'first':
      return 0
    case 'middle':
      return shareOf(durationMicros, FRACTION_STEPS / 2)
    case 'fraction':
      return shareOf(durationMicros, countSteps(timestamp.fraction))
    case 'from-end':
      return Math.max(0, durationMicros - timestamp.micros)
    case 'from-start':
      return timestamp.micros
  }
}

/**
 * Returns `steps` of {@link FRACTION_STEPS} of a duration, rounded down, so that only the whole reaches the end. The
 * product exceeds the exact integers of a double for a day of video, hence BigInt.
 */
function shareOf (durationMicros: number, steps: number): number {
  return Number((BigInt(durationMicros) * BigInt(steps)) / BigInt(FRACTION_STEPS))
}
