import type { ReadStats } from '../video/source/byte-source.ts'
import type { StoryboardOptions } from '../options/storyboard-options.ts'
import type { MakeContext, StoredSource } from './thumbnail.ts'
import type { StepTimes, Warning, Work } from '../telemetry/work.ts'

/** One tile: which frame it shows, and where. */
export interface Tile {
  /** Presentation time of its frame, in seconds, rounded up to the microsecond. */
  readonly timestamp: number
  /** Which sheet, counted from 0. */
  readonly sheet: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What is kept of a storyboard beside its sheets: the JSON manifest, whose names are relative to it. */
export interface StoryboardManifest {
  readonly version: 1
  readonly sheets: ReadonlyArray<{ readonly name: string, readonly width: number, readonly height: number }>
  readonly tiles: readonly Tile[]
  readonly tileWidth: number
  readonly tileHeight: number
  /** Seconds; null where nobody knows. */
  readonly duration: number | null
  readonly warnings: readonly Warning[]
}

/** An object of a storyboard, and a URL of it. */
export interface StoryboardObject {
  readonly url: string
  readonly key: string
}

/** The answer of `POST /v1/storyboards`; the member names are the HTTP contract. */
export interface Storyboard extends Omit<StoryboardManifest, 'version' | 'sheets'> {
  readonly bucket: string
  /** RFC 3339, to the second. */
  readonly expiresAt: string
  readonly sheets: ReadonlyArray<StoryboardObject & { readonly width: number, readonly height: number }>
  /** Its cues name the sheets by presigned URLs. */
  readonly vtt: StoryboardObject
  /** The manifest; beside it is `storyboard.vtt`, whose cues name the sheets as they lie beside it. */
  readonly manifest: StoryboardObject
  readonly cached: boolean
  readonly work: ReadStats & { readonly mode: Work['mode'], readonly packetsDecoded: number }
}

/** The use case behind `POST /v1/storyboards`. */
export type MakeStoryboard = (
  request: { readonly source: StoredSource, readonly options: StoryboardOptions },
  context: MakeContext
) => Promise<{ readonly storyboard: Storyboard, readonly stepTimes: StepTimes }>
