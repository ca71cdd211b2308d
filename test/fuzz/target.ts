/** Numbers from 0 to below 1, the same for the same seed. */
export type Random = () => number

/** Something that strangers' bytes reach. */
export interface FuzzTarget {
  /** Makes an input; the same for the same numbers. */
  make(random: Random): Buffer
  /** Feeds an input, and throws where anything else comes of it than may. `random` is for choices beside the input. */
  check(input: Buffer, random: Random): Promise<void>
  close?(): Promise<void>
}

/** A property that does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** A whole number from 0 to below `limit`. */
export function below (random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

/** One of several. */
export function pick<T> (random: Random, choices: readonly T[]): T {
  return choices[below(random, choices.length)]!
}
