/** Returns numbers from 0 to below 1, the same for the same seed. */
export type Random = () => number

/** A part of the service that untrusted bytes reach. */
export interface FuzzTarget {
  /** Makes an input; the same for the same random numbers. */
  make(random: Random): Buffer
  /** Feeds an input, and throws if the outcome is not allowed. `random` is for choices other than the input. */
  check(input: Buffer, random: Random): Promise<void>
  close?(): Promise<void>
}

/** Thrown when a property does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** Returns a whole number from 0 to below `limit`. */
export function below (random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

/** Picks one of several choices. */
export function pick<T> (random: Random, choices: readonly T[]): T {
  return choices[below(random, choices.length)]!
}
