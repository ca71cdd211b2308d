import type { DecoderInput } from '../decode/decode-plan.ts'
import type { Decoder, RunContext } from '../decode/decoder.ts'
import type { Container } from '../media/container.ts'
import type { FrameTime } from './choose-frame.ts'

/** Indexes of a packet range in a listing: from its key frame to its target, both included. */
export interface PacketPlaces {
  readonly first: number
  readonly last: number
  /** Number of frames that follow in the file, to have the decoder output the target before the end; default none. */
  readonly behind?: number
}

/** Input and tools of a cut. */
export interface CutSettings {
  readonly decoder: Pick<Decoder, 'cut' | 'locate' | 'list'>
  readonly input: DecoderInput
  readonly container: Container
  /** The frames of the recording. */
  readonly frames: readonly FrameTime[]
  readonly context: RunContext
}

/** Input that contains only the packets of a range. */
export interface CutRange {
  readonly input: DecoderInput
  /** Time of the last packet. */
  readonly pts: number
  /** Returns the time of the packet at an index of the listing; undefined if ffmpeg has guessed another one. */
  readonly timeOf: (place: number) => number | undefined
}
