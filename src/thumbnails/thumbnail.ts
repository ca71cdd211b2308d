import type { ObjectAddress } from '../store/object-store.ts'
import type { ThumbnailOptions } from '../options/thumbnail-options.ts'
import type { VideoInfo } from '../video/media/frame.ts'
import type { Work, Warning, StepTimes } from '../telemetry/work.ts'

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
  readonly source: VideoInfo & {
    readonly bucket: string | null
    readonly key: string | null
    readonly etag: string
    readonly bytes: number
  }
  readonly work: Work
  readonly warnings: readonly Warning[]
}

/** Who waits for a thumbnail. */
export interface MakeContext {
  readonly signal: AbortSignal
  /** Takes what the operator should know and the sender need not, for the log. */
  readonly note?: (message: string) => void
}

/** The use case behind `POST /v1/thumbnails` and `GET /v1/thumbnails`: makes one thumbnail, or finds it. */
export type MakeThumbnail = (
  request: ThumbnailRequest,
  context: MakeContext
) => Promise<{ readonly thumbnail: Thumbnail, readonly stepTimes: StepTimes }>
