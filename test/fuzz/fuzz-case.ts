import { createRandom } from '../support/random.ts'
import type { FuzzTarget } from './target.ts'

/** A failed case, with everything to reproduce it. */
export interface FailedCase {
  readonly seed: number
  readonly input: Buffer
  readonly error: unknown
}

/** Runs the case of a seed; returns undefined if it passes. A given `input` replaces the one made from the seed. */
export async function runCase (target: FuzzTarget, seed: number, input?: Buffer): Promise<FailedCase | undefined> {
  const made = target.make(createRandom(seed))
  const given = input ?? made
  try {
    // Other choices have random numbers of their own, so that a saved input reproduces the case.
    await target.check(given, createRandom(seed ^ 0x5bd1e995))
    return undefined
  } catch (error) {
    return { seed, input: given, error }
  }
}
