import type { StoryboardOptions } from '../options/storyboard-options.ts'
import type { StepTimes, Warning, Work } from '../telemetry/work.ts'
import type { ReadStats } from '../video/source/byte-source.ts'
import type { MakeContext, StoredSource, UploadedSource } from './thumbnail.ts'

/** One tile: the timestamp of its frame, and its place on a sheet. */
export interface Tile {
  /** Presentation time of its frame, in seconds, rounded up to the microsecond. */
  readonly timestamp: number
  /** Index of the sheet, counted from 0. */
  readonly sheet: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The JSON manifest of a storyboard, stored beside its sheets; the names of the sheets are relative to it. */
export interface StoryboardManifest {
  readonly version: 1
  readonly sheets: ReadonlyArray<{ readonly name: string, readonly width: number, readonly height: number }>
  readonly tiles: readonly Tile[]
  readonly tileWidth: number
  readonly tileHeight: number
  /** Seconds; null if unknown. */
  readonly duration: number | null
  readonly warnings: readonly Warning[]
}

/** An object of a storyboard, with a presigned URL. */
export interface StoryboardObject {
  readonly url: string
  readonly key: string
}

/** The response of `POST /v1/storyboards`; the member names are the HTTP contract. */
export interface Storyboard extends Omit<StoryboardManifest, 'version' | 'sheets'> {
  readonly bucket: string
  /** RFC 3339, to the second. */
  readonly expiresAt: string
  readonly sheets: ReadonlyArray<StoryboardObject & { readonly width: number, readonly height: number }>
  /** WebVTT whose cues name the sheets by presigned URLs. */
  readonly vtt: StoryboardObject
  /** The manifest. Beside it is `storyboard.vtt`, whose cues name the sheets by relative URLs. */
  readonly manifest: StoryboardObject
  readonly cached: boolean
  readonly work: ReadStats & { readonly mode: Work['mode'], readonly packetsDecoded: number }
}

/** The use case behind `POST /v1/storyboards`. */
export type MakeStoryboard = (
  request: { readonly source: UploadedSource | StoredSource, readonly options: StoryboardOptions },
  context: MakeContext
) => Promise<{ readonly storyboard: Storyboard, readonly stepTimes: StepTimes }>
