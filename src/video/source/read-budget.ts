import { PosterframeError } from '../../errors.ts'
import type { ReadStats } from './byte-source.ts'

/** Limits on reading one source for one request. */
export interface ReadLimits {
  /** Bytes of all reads together; also bounds the memory that one read takes. */
  readonly maxBytes?: number
  /** Requests, counted as in `ReadStats`. */
  readonly maxRequests?: number
}

/** Counts the reads of a source, and enforces their limits. */
export interface ReadBudget {
  readonly stats: ReadStats
  /** Called before memory is allocated and bytes are requested. Throws PosterframeError `video_limits_exceeded`. */
  claimBytes(bytes: number): void
  /** Called before a request is sent. Throws PosterframeError `video_limits_exceeded`. */
  countRequest(): void
  /** Called when bytes have arrived. */
  countBytes(bytes: number): void
}

/** Creates an unused budget; without limits by default. */
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
          detail:
            `The requested frames take more than ${maxBytes} bytes of the video, the limit of one request. ` +
            'Re-encode the video with more frequent key frames.',
          members: { maxBytes }
        })
      }
      claimedBytes += bytes
    },
    countRequest () {
      if (requests >= maxRequests) {
        throw new PosterframeError('video_limits_exceeded', {
          detail:
            `The requested frames take more than ${maxRequests} reads of the video, the limit of one request. ` +
            'Re-encode the video with more frequent key frames.',
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
