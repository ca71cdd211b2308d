import type { StepClock } from '../../telemetry/step-clock.ts'
import type { Timestamp } from '../../options/timestamp.ts'
import type { ResizeOptions } from '../media/scaled-size.ts'
import type { ByteReader } from '../source/byte-source.ts'
import type { ExtractedFrame } from '../media/frame.ts'
import type { Beyond, Seek } from '../../options/frame-options.ts'

/** The requested frame and its size. */
export interface FrameRequest extends ResizeOptions {
  readonly timestamp: Timestamp
  readonly seek: Seek
  readonly beyond: Beyond
}

/** A video to extract frames from. */
export interface FrameSource {
  /** Identifies this version of the video, for caches. */
  readonly name: string
  readonly reader: ByteReader
  /** Downloads the whole video to scratch and returns its path. */
  stage(): Promise<string>
}

/** Context of an extraction: cancellation, scratch, timing, the decode slot and the log. */
export interface ExtractContext {
  readonly signal: AbortSignal
  /** Scratch directory of the request. */
  readonly directory: string
  readonly steps: StepClock
  /** Runs a CPU-bound task once a slot is free. */
  inSlot<T>(task: () => Promise<T>): Promise<T>
  /** Logs a message for the operator. */
  note(message: string): void
}

/**
 * Extracts one frame of a video: the boundary between the source of a video and the products of a frame. Throws the
 * 415 and 422 errors of the catalogue.
 */
export type ExtractFrame = (
  source: FrameSource,
  request: FrameRequest,
  context: ExtractContext
) => Promise<ExtractedFrame>
