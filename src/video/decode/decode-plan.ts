// Besides types this file imports nothing: the libav worker, which loads it, can read no file outside of this folder.
import type { Container } from '../media/container.ts'

/** Packets that a listing may have: 24 hours at 120 pictures a second, with sound. */
export const MAX_PACKETS = 15_000_000

/** A file on scratch that ffmpeg may open, and how. */
export interface DecoderInput {
  readonly path: string
  readonly container: Pick<Container, 'demuxer'>
  /**
   * Whether ffmpeg first decodes some frames to learn what the container leaves unsaid; a clip of ours leaves
   * nothing.
   */
  readonly isProbed: boolean
  /** Which decoder is to be taken; undefined: ffmpeg's first for the codec. */
  readonly decoderName?: string
  /** Threads for decoding; the share of the machine that one slot has. */
  readonly threads: number
  /** Largest coded picture, in pixels; ffmpeg refuses a larger one before it allocates for it. */
  readonly maxPixels: number
  /** Size of the file, which bounds what listing it may cost. */
  readonly bytes: number
  /**
   * The only packets of the chosen track that there are for a decoder which can read them in place; a program never
   * meets it.
   */
  readonly run?: CutPlan
}

/** Which packets of the chosen track to take: from the first key frame that seeking finds. */
export interface CutPlan {
  /** Where to seek on the container's clock; undefined: the beginning. */
  readonly seekSeconds: number | undefined
  readonly packetCount: number
}

/** Some of the frames that are decoded, and what to make of them. */
export interface DecodeBranch {
  /** Presentation times of the wanted frames, in ticks of the track. */
  readonly pts: readonly number[]
  /** Filters after the choice of the frame. */
  readonly filters: string
}

/** Where to decode. */
export interface DecodeExtent {
  /** Where to begin on the container's clock; undefined: at the beginning. */
  readonly seekSeconds: number | undefined
  readonly keyFramesOnly: boolean
}

/** Which frames to decode, and what to make of them. */
export interface DecodePlan extends DecodeBranch, DecodeExtent {}

/** Which frames to decode, and the different things to make of them: the decoding is done once. */
export interface BranchedPlan extends DecodeExtent {
  readonly branches: readonly DecodeBranch[]
}

/** Returns a plan of a single branch. */
export function asBranchedPlan ({ pts, filters, ...extent }: DecodePlan): BranchedPlan {
  return { ...extent, branches: [{ pts, filters }] }
}
