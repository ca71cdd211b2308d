import type { PICTURE_FORMATS } from '../options/formats.ts'
import type { PreviewFormat, PreviewOptions } from '../options/preview-options.ts'
import type { ObjectLocation } from '../store/object-store.ts'
import type { StepTimes, Warning, Work } from '../telemetry/work.ts'
import type { ReadStats } from '../video/source/byte-source.ts'
import type { MakeContext, StoredSource, UploadedSource } from './thumbnail.ts'

/** Properties of a preview that a later response needs; stored as metadata of the object. */
export interface PreviewInfo {
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly framesPerSecond: number
  /** Seconds from the start of the video to each part that the preview shows. */
  readonly moments: readonly number[]
  readonly quality: number
  readonly warnings: readonly Warning[]
}

/** The response of `POST /v1/previews`; the member names are the HTTP contract. */
export interface Preview extends PreviewInfo, ObjectLocation {
  readonly url: string
  /** RFC 3339, to the second. */
  readonly expiresAt: string
  readonly contentType: (typeof PICTURE_FORMATS)[PreviewFormat]['mediaType']
  readonly bytes: number
  readonly cached: boolean
  readonly work: ReadStats & { readonly mode: Work['mode'], readonly packetsDecoded: number }
}

/** The use case behind `POST /v1/previews`. */
export type MakePreview = (
  request: { readonly source: UploadedSource | StoredSource, readonly options: PreviewOptions },
  context: MakeContext
) => Promise<{ readonly preview: Preview, readonly stepTimes: StepTimes }>
