/** One packet of the chosen track, as its container lists it; times in ticks of the track's time base. */
export interface Packet {
  readonly pts: number
  readonly durationTicks: number
  readonly isKey: boolean
  /** Whether its frame is shown: false for what an edit list cuts away but decoding still needs. */
  readonly isShown: boolean
}

/** Seconds per tick, as a fraction. */
export interface TimeBase {
  readonly numerator: number
  readonly denominator: number
}

/**
 * Ticks as microseconds, rounded up: a time that is sent back must not fall before the frame that it came from.
 * Ticks and time base are integers, so the product is made in integers: a float would round a third of 29.97 fps wrong.
 */
export function ticksToMicros (ticks: number, { numerator, denominator }: TimeBase): number {
  const scaled = BigInt(ticks) * BigInt(numerator) * 1_000_000n
  const divisor = BigInt(denominator)
  if (divisor === 0n) return 0
  const quotient = scaled / divisor
  return Number(scaled > 0n && scaled % divisor !== 0n ? quotient + 1n : quotient)
}
