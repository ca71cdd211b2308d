import type { ReadTally } from '../storage/byte-source.ts'
import type { ObjectAddress } from '../storage/object-store.ts'
import type { PreviewOptions } from './preview-options.ts'
import type { MakeContext, StepTimes, StoredSource, Warning, Work } from './thumbnail.ts'

/** What is known of a preview; kept with it, so that a hit answers like a miss. */
export interface PreviewFacts {
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly framesPerSecond: number
  /** Seconds from the start of the video to each part that is shown. */
  readonly moments: readonly number[]
  readonly quality: number
  readonly warnings: readonly Warning[]
}

/** The answer of `POST /v1/previews`; the member names are the HTTP contract. */
export interface Preview extends PreviewFacts, ObjectAddress {
  readonly url: string
  /** RFC 3339, to the second. */
  readonly expiresAt: string
  readonly contentType: 'image/webp'
  readonly bytes: number
  readonly cached: boolean
  readonly work: ReadTally & { readonly way: Work['way'], readonly packetsDecoded: number }
}

/** The use case behind `POST /v1/previews`. */
export type MakePreview = (request: { readonly source: StoredSource, readonly options: PreviewOptions }, context: MakeContext) => Promise<{ readonly preview: Preview, readonly stepTimes: StepTimes }>
