import { writeLut } from './colour/lut-3d.ts'
import { type FramePlan, buildFrameFilters } from './filters.ts'
import type { FrameInfo } from './frame-info.ts'
import type { ResizeOptions } from '../media/scaled-size.ts'
import type { DecodedFrame, Decoder, RunContext } from './decoder.ts'
import type { DecoderInput } from './decode-plan.ts'

/** What a frame is decoded from, and what is expected of it. */
export interface FrameDecoding {
  readonly decoder: Decoder
  readonly input: DecoderInput
  readonly context: RunContext
  /** The upright frame's facts as far as they are known before it is decoded: its filters are planned by them. */
  readonly info: FrameInfo
  readonly request: ResizeOptions
}

/** Which frame. */
export interface DecodeTarget {
  readonly pts: number
  /** How many frames have this time, of which the last one stays to be seen; 1 where not given. */
  readonly copies?: number
  /** Where to begin on the container's clock; undefined: at the beginning. */
  readonly seekSeconds: number | undefined
}

/** What became of it. */
export interface DecodedTarget {
  /** Undefined where it cannot be had. */
  readonly frame: DecodedFrame | undefined
  /** What the decoder said of damage that it patched up on the way to the frame; undefined where it said nothing. */
  readonly decodeError: string | undefined
}

/**
 * Decodes one frame to RGB of the wanted size; once more by its own facts where other filters follow from them.
 *
 * @throws PosterframeError as `buildFrameFilters` and `writeLut`
 */
export async function decodeWithFilters (
  { decoder, input, context, info, request }: FrameDecoding,
  { pts, copies = 1, seekSeconds }: DecodeTarget
): Promise<DecodedTarget> {
  const run = async ({ filters, conversion }: FramePlan): Promise<DecodedTarget> => {
    if (conversion !== undefined) await writeLut(context.directory, conversion)
    const times = Array.from({ length: copies }, () => pts)
    const { frames, decodeError } = await decoder.decode(
      input,
      { pts: times, seekSeconds, keyFramesOnly: false, filters },
      context
    )
    const frame = frames.at(-1)
    return { decodeError, frame: frame && { ...frame, info: { ...frame.info, rotation: info.rotation } } }
  }
  const expected = buildFrameFilters(info, request, decoder.missing)
  const target = await run(expected)
  const actual = target.frame === undefined ? expected : buildFrameFilters(target.frame.info, request, decoder.missing)
  return actual.filters === expected.filters ? target : await run(actual)
}
