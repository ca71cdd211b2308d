import type { FrameInfo } from './frame-info.ts'
import type { ListedTrack } from './packet-list.ts'
import type { Picture } from '../media/picture.ts'
import type { BranchedPlan, CutPlan, DecodePlan, DecoderInput } from './decode-plan.ts'

/** Context shared by the decoder runs of one request. */
export interface RunContext {
  readonly signal: AbortSignal
  /** Scratch directory of the request. */
  readonly directory: string
}

/** Listing of a container: the spans of all video and audio tracks, and the packets of the chosen video track. */
export interface Listing {
  readonly tracks: readonly ListedTrack[]
  readonly chosen: ListedTrack
  /** True if the track has a separate alpha channel. */
  readonly hasAlpha: boolean
  /**
   * Offsets of the bytes at which another recording begins, whose clock restarts; only for containers of streams. More
   * than `MAX_RESTARTS` if there are too many.
   */
  readonly restarts: readonly number[]
}

/** Packets that were copied out of their video. Their times may have another time base. */
export interface Cut {
  readonly input: DecoderInput
  readonly track: ListedTrack
}

/** A decoded frame: its properties and its pixels. */
export interface DecodedFrame {
  readonly info: FrameInfo
  readonly picture: Picture
}

/** Result of a decode plan. */
export interface Decoding {
  /** Decoded frames; those that failed are absent. */
  readonly frames: readonly DecodedFrame[]
  /** First error that the decoder concealed before the last frame; undefined if there was none. */
  readonly decodeError: string | undefined
}

/** Result of a plan with branches. */
export interface BranchedDecoding extends Pick<Decoding, 'decodeError'> {
  /** Decoded frames of each branch, in order. */
  readonly branches: ReadonlyArray<readonly DecodedFrame[]>
}

/** Returns the result of the first branch. */
export function firstBranch ({ branches: [frames = []], decodeError }: BranchedDecoding): Decoding {
  return { frames, decodeError }
}

/**
 * The port to a decoder: ffmpeg as a program, or libav in worker processes. All methods throw `corrupt_video`,
 * `unsupported_codec`, `video_limits_exceeded` and `overloaded`.
 */
export interface Decoder {
  /** Optional filters and decoders missing from this build. */
  readonly missing: ReadonlySet<string>
  /** Lists packets. Also throws `no_video_track`. */
  list(input: DecoderInput, context: RunContext): Promise<Listing>
  /**
   * Returns the offset of the first byte of each packet of the chosen track, in the order of a listing; negative if a
   * packet shares a unit of the container with one before it. Also throws `no_video_track`.
   */
  locate(input: DecoderInput, context: RunContext): Promise<readonly number[]>
  /**
   * Returns the properties of the first `count` decoded frames, or of all. Throws `unsupported_codec` as
   * `assertCompatibleDolbyVision`.
   */
  inspect(input: DecoderInput, context: RunContext, count?: number): Promise<readonly FrameInfo[]>
  /**
   * Copies packets of the chosen track, to a file at `path` if it needs one, and lists them; undefined if that fails.
   */
  cut(input: DecoderInput, plan: CutPlan, path: string, context: RunContext): Promise<Cut | undefined>
  /** Decodes the frames of a plan. */
  decode(input: DecoderInput, plan: DecodePlan, context: RunContext): Promise<Decoding>
  /** Decodes the frames of a plan once and applies the filters of each branch. */
  decodeBranches(input: DecoderInput, plan: BranchedPlan, context: RunContext): Promise<BranchedDecoding>
}
