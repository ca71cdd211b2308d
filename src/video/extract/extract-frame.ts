import type { StepClock } from '../../telemetry/step-clock.ts'
import type { Timestamp } from '../../options/timestamp.ts'
import type { ResizeOptions } from '../media/scaled-size.ts'
import type { ByteReader } from '../source/byte-source.ts'
import type { ExtractedFrame } from '../media/frame.ts'
import type { Beyond, Seek } from '../../options/frame-options.ts'

/** Which frame is wanted, and how large. */
export interface FrameRequest extends ResizeOptions {
  readonly timestamp: Timestamp
  readonly seek: Seek
  readonly beyond: Beyond
}

/** A video that a frame is taken from. */
export interface FrameSource {
  /** Names this version of the video, for what is kept about it. */
  readonly name: string
  readonly reader: ByteReader
  /** Brings the whole to scratch and says where it lies. */
  stage(): Promise<string>
}

/** What taking a frame may use. */
export interface ExtractContext {
  readonly signal: AbortSignal
  /** The request's own directory on scratch. */
  readonly directory: string
  readonly steps: StepClock
  /** Runs a task that needs a processor once there is one for it. */
  inSlot<T>(task: () => Promise<T>): Promise<T>
  /** Tells the operator something that the sender need not know. */
  note(message: string): void
}

/**
 * Takes one frame out of a video: the seam between where a video comes from and what is made of the frame. Throws the
 * catalogue's 415 and 422 errors.
 */
export type ExtractFrame = (
  source: FrameSource,
  request: FrameRequest,
  context: ExtractContext
) => Promise<ExtractedFrame>
