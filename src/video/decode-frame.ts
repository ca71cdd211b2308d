import { writeCube } from './colour/colour-cube.ts'
import type { FfmpegInput } from './ffmpeg-arguments.ts'
import type { DecodedFrame, Ffmpeg, RunContext } from './ffmpeg.ts'
import { type FramePlan, planFrameFilters } from './filters.ts'
import type { FrameFacts } from './frame-facts.ts'
import type { SizeWish } from './scaled-size.ts'

/** What a frame is decoded from, and what is expected of it. */
export interface FrameDecoding {
  readonly ffmpeg: Ffmpeg
  readonly input: FfmpegInput
  readonly context: RunContext
  /** The upright frame's facts as far as they are known before it is decoded: its filters are planned by them. */
  readonly facts: FrameFacts
  readonly wish: SizeWish
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
  readonly damage: string | undefined
}

/**
 * Decodes one frame to RGB of the wanted size; once more by its own facts where other filters follow from them.
 *
 * @throws PosterframeError as `planFrameFilters` and `writeCube`
 */
export async function decodeWithFilters (
  { ffmpeg, input, context, facts, wish }: FrameDecoding,
  { pts, copies = 1, seekSeconds }: DecodeTarget
): Promise<DecodedTarget> {
  const run = async ({ filters, conversion }: FramePlan): Promise<DecodedTarget> => {
    if (conversion !== undefined) await writeCube(context.directory, conversion)
    const times = Array.from({ length: copies }, () => pts)
    const { frames, damage } = await ffmpeg.decode(input, { pts: times, seekSeconds, keyFramesOnly: false, filters }, context)
    const frame = frames.at(-1)
    return { damage, frame: frame && { ...frame, facts: { ...frame.facts, rotation: facts.rotation } } }
  }
  const expected = planFrameFilters(facts, wish, ffmpeg.missing)
  const target = await run(expected)
  const actual = target.frame === undefined ? expected : planFrameFilters(target.frame.facts, wish, ffmpeg.missing)
  return actual.filters === expected.filters ? target : await run(actual)
}
