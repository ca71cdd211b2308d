import { LAMBDA_GB, PRICES } from '../support/prices.ts'
import type { Sample } from './sample.ts'

const FREE_SCRATCH_GB = 0.5

/** The price of a thousand thumbnails, in dollars. */
export interface Dollars {
  readonly requests: number
  readonly compute: number
  readonly scratch: number
  /** The sum of the above, for a function in the region of the bucket. */
  readonly total: number
  /** Transfer to be added for a function in another region. */
  readonly otherRegion: number
}

/** The formula in words, for the page. */
export const FORMULA = `1,000 x (requests x GET / 1,000 + PUT / 1,000 + seconds x ${LAMBDA_GB} GB x compute + invocation / 1,000,000
  + seconds x max(0, scratch GB - ${FREE_SCRATCH_GB}) x ephemeral storage); in another region + 1,000 x bytes / 10^9 x transfer`

/** Computes the price of a thousand thumbnails from the medians of one contestant. */
export function priceThousand ({
  requests,
  ms,
  bytes,
  scratchBytes
}: Pick<Sample, 'requests' | 'ms' | 'bytes' | 'scratchBytes'>): Dollars {
  const seconds = ms / 1000
  const requestDollars = requests * PRICES.get.dollars + PRICES.put.dollars
  const compute = 1000 * seconds * LAMBDA_GB * PRICES.compute.dollars + PRICES.invocation.dollars / 1000
  const scratch = 1000 * seconds * Math.max(0, scratchBytes / 1e9 - FREE_SCRATCH_GB) * PRICES.scratch.dollars
  return {
    requests: requestDollars,
    compute,
    scratch,
    total: requestDollars + compute + scratch,
    otherRegion: (bytes / 1e9) * 1000 * PRICES.otherRegion.dollars
  }
}
