import { createRandom } from '../support/random.ts'
import type { FuzzTarget } from './target.ts'

/** A case that failed, with all that is needed to see it again. */
export interface FailedCase {
  readonly seed: number
  readonly input: Buffer
  readonly error: unknown
}

/**
 * Runs the case of a seed; undefined where all is as it should be. With `input` that takes the place of what the seed
 * makes.
 */
export async function runCase (target: FuzzTarget, seed: number, input?: Buffer): Promise<FailedCase | undefined> {
  const made = target.make(createRandom(seed))
  const given = input ?? made
  try {
    // Choices beside the input do not depend on how it was made, so that a file that was kept asks the same.
    await target.check(given, createRandom(seed ^ 0x5bd1e995))
    return undefined
  } catch (error) {
    return { seed, input: given, error }
  }
}
