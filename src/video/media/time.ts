/** A packet of the chosen track, as its container lists it; times in ticks of the track's time base. */
export interface Packet {
  readonly pts: number
  readonly durationTicks: number
  readonly isKey: boolean
  /** True if its frame is shown; false if an edit list cuts it away, although decoding still needs it. */
  readonly isShown: boolean
}

/** Seconds per tick, as a fraction. */
export interface TimeBase {
  readonly numerator: number
  readonly denominator: number
}

/**
 * Converts ticks to microseconds, rounded up: a returned time that is requested again must not be before its frame.
 * Computed in integers, since a float would round a third of the frames at 29.97 fps wrong.
 */
export function ticksToMicros (ticks: number, { numerator, denominator }: TimeBase): number {
  const scaled = BigInt(ticks) * BigInt(numerator) * 1_000_000n
  const divisor = BigInt(denominator)
  if (divisor === 0n) return 0
  const quotient = scaled / divisor
  return Number(scaled > 0n && scaled % divisor !== 0n ? quotient + 1n : quotient)
}

/** A frame that begins this much after a requested time still matches it: clients may round our times down. */
export const TOLERANCE_MICROS = 1

/** Returns the last tick at or before a time, with `TOLERANCE_MICROS`; computed in integers, as `ticksToMicros`. */
export function microsToLastTick (atMicros: number, timescale: number): number {
  return Number((BigInt(atMicros + TOLERANCE_MICROS) * BigInt(timescale)) / 1_000_000n)
}

/** Returns the middle of each of the `count` equal parts that `length` divides into. */
export function spreadEvenly (count: number, length: number): number[] {
  return Array.from({ length: count }, (_, part) => ((part + 0.5) * length) / count)
}

/** Returns up to `count` indexes of a list, spread evenly over its `length`; all of them if it is not longer. */
export function spreadIndexes (count: number, length: number): number[] {
  return spreadEvenly(Math.min(count, length), length).map(Math.floor)
}
