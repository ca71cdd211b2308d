import type { FrameInfo } from './frame-info.ts'
import type { ListedTrack } from './packet-list.ts'
import type { Picture } from '../media/picture.ts'
import type { BranchedPlan, CutPlan, DecodePlan, DecoderInput } from './decode-plan.ts'

/** What the runs of one request share. */
export interface RunContext {
  readonly signal: AbortSignal
  /** The request's own directory on scratch. */
  readonly directory: string
}

/** What a container lists: every video and audio track's span, and the chosen video track's packets. */
export interface Listing {
  readonly tracks: readonly ListedTrack[]
  readonly chosen: ListedTrack
  /** Whether an alpha channel stands beside the picture. */
  readonly hasAlpha: boolean
  /** Whether ffmpeg put times of its own in place of some of the chosen track's that it thought impossible. */
  readonly isGuessed: boolean
}

/** Packets apart from all others of their video, whose times may be in other ticks. */
export interface Cut {
  readonly input: DecoderInput
  readonly track: ListedTrack
}

/** A decoded frame: what it is, and its pixels. */
export interface DecodedFrame {
  readonly info: FrameInfo
  readonly picture: Picture
}

/** What became of a plan. */
export interface Decoding {
  /** Those that cannot be had are absent. */
  readonly frames: readonly DecodedFrame[]
  /** What the decoder said of damage that it patched up, until the last frame came; undefined where it said nothing. */
  readonly decodeError: string | undefined
}

/** What became of a plan with branches. */
export interface BranchedDecoding extends Pick<Decoding, 'decodeError'> {
  /** Of each branch, in their order, as in `Decoding`. */
  readonly branches: ReadonlyArray<readonly DecodedFrame[]>
}

/** Returns the result of the first branch. */
export function firstBranch ({ branches: [frames = []], decodeError }: BranchedDecoding): Decoding {
  return { frames, decodeError }
}

/** ffmpeg, as Posterframe uses it: each method is one run of one process. All throw `corrupt_video` and its kin. */
export interface Decoder {
  /** Those of the filters that Posterframe may want which this program lacks. */
  readonly missing: ReadonlySet<string>
  /** Lists packets. Throws `no_video_track` too. */
  list(input: DecoderInput, context: RunContext): Promise<Listing>
  /**
   * Says what the first `count` decoded frames are, or all. Throws `unsupported_codec` for what
   * `assertCompatibleDolbyVision` refuses.
   */
  inspect(input: DecoderInput, context: RunContext, count?: number): Promise<readonly FrameInfo[]>
  /**
   * Sets packets of the chosen track apart, in a file at `path` where it takes one, and lists what came; undefined
   * where that cannot be done.
   */
  cut(input: DecoderInput, plan: CutPlan, path: string, context: RunContext): Promise<Cut | undefined>
  /** Decodes the frames of a plan. */
  decode(input: DecoderInput, plan: DecodePlan, context: RunContext): Promise<Decoding>
  /** As `decode`, for several things that are made of frames which are decoded once. */
  decodeBranches(input: DecoderInput, plan: BranchedPlan, context: RunContext): Promise<BranchedDecoding>
}
