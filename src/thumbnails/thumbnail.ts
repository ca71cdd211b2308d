import type { ThumbnailOptions } from '../options/thumbnail-options.ts'
import type { ObjectLocation } from '../store/object-store.ts'
import type { StepTimes, Warning, Work } from '../telemetry/work.ts'
import type { VideoInfo } from '../video/media/frame.ts'

/** A video that the caller has streamed to scratch. */
export interface UploadedSource {
  readonly kind: 'upload'
  /** The file on scratch. The caller owns it and deletes it. */
  readonly path: string
  readonly bytes: number
  /** SHA-256 in hex; the ETag of an upload. */
  readonly sha256: string
}

/** A video in the store. */
export interface StoredSource extends ObjectLocation {
  readonly kind: 'stored'
  /** True if errors must not name the bucket: the caller is anonymous and did not send it. Default: false. */
  readonly hidesBucket?: true
}

/** Method that the presigned URL of a response allows. */
export type UrlMethod = 'GET' | 'HEAD'

/** A request for one thumbnail of one source. */
export interface ThumbnailRequest {
  readonly source: UploadedSource | StoredSource
  readonly options: ThumbnailOptions
  /** Default: `GET`. */
  readonly urlMethod?: UrlMethod
}

/** The response of `POST /v1/thumbnails`; the member names are the HTTP contract. */
export interface Thumbnail extends ObjectLocation {
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

/** The caller's side of a request: its cancellation, and the log. */
export interface MakeContext {
  readonly signal: AbortSignal
  /** Logs a message for the operator that the response does not contain. */
  readonly note?: (message: string) => void
}

/** The use case behind `POST /v1/thumbnails` and `GET /v1/thumbnails`. */
export type MakeThumbnail = (
  request: ThumbnailRequest,
  context: MakeContext
) => Promise<{
  readonly thumbnail: Thumbnail
  /** Lifetime of the URL from now. */
  readonly urlSeconds: number
  readonly stepTimes: StepTimes
}>
