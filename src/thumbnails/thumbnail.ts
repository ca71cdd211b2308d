import type { ObjectAddress } from '../storage/object-store.ts'
import type { ThumbnailOptions } from './options.ts'

/** A video that was streamed to scratch by the caller. */
export interface UploadedSource {
  readonly kind: 'upload'
  /** The file on scratch; owned by the caller, who removes it. */
  readonly path: string
  readonly bytes: number
  /** SHA-256 in hex; it stands as the ETag. */
  readonly sha256: string
}

/** A video in the store. */
export interface StoredSource extends ObjectAddress {
  readonly kind: 'stored'
}

/** One thumbnail of one source. */
export interface ThumbnailRequest {
  readonly source: UploadedSource | StoredSource
  readonly options: ThumbnailOptions
}

/** What the index says of the video; kept with the thumbnail, so that a hit answers like a miss. */
export interface SourceFacts {
  /** Seconds; null where nobody wrote it. */
  readonly duration: number | null
  readonly container: string
  readonly codec: string
  /** Display size in pixels: after rotation and pixel aspect. */
  readonly width: number
  readonly height: number
  /** Degrees clockwise that the coded picture is turned to stand upright: 0, 90, 180 or 270. */
  readonly rotation: number
  readonly hdr: boolean
}

/** What it cost. `way`: `clip` and `general` made the picture, `cached` found it. */
export interface Work {
  readonly way: 'clip' | 'general' | 'cached'
  /** Bytes of the source read from the store, or from scratch for an upload. */
  readonly bytesRead: number
  /** Requests to the store for the source. */
  readonly requests: number
  readonly packetsDecoded: number
}

/** Something the caller should know about a picture that was made all the same. */
export interface Warning {
  readonly code: string
  readonly detail: string
}

/** The answer of `POST /v1/thumbnails`; the member names are the HTTP contract. */
export interface Thumbnail extends ObjectAddress {
  readonly url: string
  /** RFC 3339, to the second. */
  readonly expiresAt: string
  readonly contentType: string
  readonly width: number
  readonly height: number
  readonly bytes: number
  /** Presentation time of the frame, in seconds, rounded up to the microsecond. */
  readonly timestamp: number
  readonly keyFrame: boolean
  readonly cached: boolean
  /** ThumbHash in base64. */
  readonly placeholder: string
  readonly source: SourceFacts & { readonly bucket: string | null, readonly key: string | null, readonly etag: string, readonly bytes: number }
  readonly work: Work
  readonly warnings: readonly Warning[]
}

/** Names of the steps in the `Server-Timing` header. */
export type Step = 'index' | 'fetch' | 'decode' | 'encode' | 'store'

/** Milliseconds spent per step; a step that was not taken is absent. */
export type StepTimes = Partial<Record<Step, number>>

/** Who waits for a thumbnail. */
export interface MakeContext {
  readonly signal: AbortSignal
  /** Takes what the operator should know and the sender need not, for the log. */
  readonly note?: (message: string) => void
}

/** The use case behind `POST /v1/thumbnails` and `GET /v1/thumbnails`: makes one thumbnail, or finds it. */
export type MakeThumbnail = (request: ThumbnailRequest, context: MakeContext) => Promise<{ readonly thumbnail: Thumbnail, readonly stepTimes: StepTimes }>
