import { PosterframeError } from '../../errors.ts'
import type { ReadStats } from './byte-source.ts'

/** How much of one source may be read for one request. */
export interface ReadLimits {
  /** All bytes together; also the most that one read can take in memory. */
  readonly maxBytes?: number
  /** Counted as in `ReadStats`. */
  readonly maxRequests?: number
}

/** Counts what is read of a source, and ends it where that is too much. */
export interface ReadBudget {
  readonly stats: ReadStats
  /** Before memory is taken and bytes are asked for. Throws PosterframeError `video_limits_exceeded`. */
  claimBytes(bytes: number): void
  /** Before a request is sent. Throws PosterframeError `video_limits_exceeded`. */
  countRequest(): void
  /** When bytes have come. */
  countBytes(bytes: number): void
}

/** A budget of which nothing is used yet. */
export function createReadBudget ({ maxBytes = Infinity, maxRequests = Infinity }: ReadLimits): ReadBudget {
  let claimedBytes = 0
  let bytesRead = 0
  let requests = 0
  return {
    get stats () {
      return { bytesRead, requests }
    },
    claimBytes (bytes) {
      if (claimedBytes + bytes > maxBytes) {
        throw new PosterframeError('video_limits_exceeded', {
          detail: `More than ${maxBytes} bytes of the video would have to be read to find this frame.`,
          members: { maxBytes }
        })
      }
      claimedBytes += bytes
    },
    countRequest () {
      if (requests >= maxRequests) {
        throw new PosterframeError('video_limits_exceeded', {
          detail: `More than ${maxRequests} reads of the video would be needed to find this frame.`,
          members: { maxRequests }
        })
      }
      requests += 1
    },
    countBytes (bytes) {
      bytesRead += bytes
    }
  }
}
