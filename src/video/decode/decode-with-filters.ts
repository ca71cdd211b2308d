import { writeLut } from './colour/lut-3d.ts'
import { type FramePlan, buildFrameFilters } from './filters.ts'
import type { FrameInfo } from './frame-info.ts'
import type { ResizeOptions } from '../media/scaled-size.ts'
import type { DecodedFrame, Decoder, RunContext } from './decoder.ts'
import type { DecoderInput } from './decode-plan.ts'

/** Input of a decode, and the expected frame. */
export interface FrameDecoding {
  readonly decoder: Decoder
  readonly input: DecoderInput
  readonly context: RunContext
  /** Predicted properties of the upright frame, from which its filters are built. */
  readonly info: FrameInfo
  readonly request: ResizeOptions
}

/** The frame to decode. */
export interface DecodeTarget {
  readonly pts: number
  /** Number of frames with this time, of which the last one stays visible; default 1. */
  readonly copies?: number
  /** Seek position on the clock of the container; undefined: the beginning. */
  readonly seekSeconds: number | undefined
}

/** Result of a decode. */
export interface DecodedTarget {
  /** Undefined if it could not be decoded. */
  readonly frame: DecodedFrame | undefined
  /** First error that the decoder concealed on the way to the frame; undefined if there was none. */
  readonly decodeError: string | undefined
}

/**
 * Decodes one frame to RGB of the requested size. Decodes it again if its actual properties require other filters.
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
