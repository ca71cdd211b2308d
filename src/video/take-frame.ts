import type { Beyond, Seek } from '../thumbnails/options.ts'
import type { StepClock } from '../thumbnails/step-clock.ts'
import type { SourceFacts, Warning, Work } from '../thumbnails/thumbnail.ts'
import type { Timestamp } from '../thumbnails/timestamp.ts'
import type { Picture } from './picture.ts'
import type { SizeWish } from './scaled-size.ts'
import type { ByteReader } from './video-index.ts'

/** Which frame is wanted, and how large. */
export interface FrameWish extends SizeWish {
  readonly timestamp: Timestamp
  readonly seek: Seek
  readonly beyond: Beyond
}

/** The frame that was taken: upright, in square pixels, scaled (`planScaledSize`) but neither cropped nor padded. */
export interface TakenFrame {
  readonly picture: Picture
  /** Presentation time in microseconds, rounded up. */
  readonly timestampMicros: number
  readonly isKey: boolean
  readonly source: SourceFacts
  readonly warnings: readonly Warning[]
  readonly packetsDecoded: number
  readonly way: Exclude<Work['way'], 'cached'>
}

/** A video that a frame is taken from. */
export interface FrameSource {
  /** Names this version of the video, for what is kept about it. */
  readonly name: string
  readonly bytes: ByteReader
  /** Brings the whole to scratch and says where it lies. */
  stage (): Promise<string>
}

/** What taking a frame may use. */
export interface TakeContext {
  readonly signal: AbortSignal
  /** The request's own directory on scratch. */
  readonly directory: string
  readonly steps: StepClock
  /** Runs a task that needs a processor once there is one for it. */
  inSlot<T> (task: () => Promise<T>): Promise<T>
  /** Tells the operator something that the sender need not know. */
  note (message: string): void
}

/**
 * Takes one frame out of a video: the seam between where a video comes from and what is made of the frame.
 * Throws the catalogue's 415 and 422 errors.
 */
export type TakeFrame = (source: FrameSource, wish: FrameWish, context: TakeContext) => Promise<TakenFrame>
