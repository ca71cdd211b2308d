import { writeCube } from './colour/colour-cube.ts'
import type { FfmpegInput } from './ffmpeg-arguments.ts'
import type { DecodedFrame, Ffmpeg, RunContext } from './ffmpeg.ts'
import { type FramePlan, planFrameFilters } from './filters.ts'
import type { FrameFacts } from './frame-facts.ts'
import type { SizeWish } from './scaled-size.ts'
import { NotPlainError } from './video-index.ts'

/** What a frame is decoded from, and what is expected of it. */
export interface FrameDecoding {
  readonly ffmpeg: Ffmpeg
  readonly input: FfmpegInput
  readonly context: RunContext
  /** The upright frame's facts as far as they are known before it is decoded: its filters are planned by them. */
  readonly facts: FrameFacts
  readonly wish: SizeWish
  /** Whether damage that the decoder patched up is a doubt. */
  readonly refuseDamage: boolean
}

/**
 * Decodes one frame to RGB of the wanted size; once more by its own facts where other filters follow from them.
 *
 * @returns undefined where the frame cannot be had
 * @throws NotPlainError where the decoder patched up damage and that is a doubt; PosterframeError as `planFrameFilters` and
 *   `writeCube`
 */
export async function decodeWithFilters (
  { ffmpeg, input, context, facts, wish, refuseDamage }: FrameDecoding,
  { pts, seekSeconds }: { readonly pts: number, readonly seekSeconds: number | undefined }
): Promise<DecodedFrame | undefined> {
  const run = async ({ filters, conversion }: FramePlan) => {
    if (conversion !== undefined) await writeCube(context.directory, conversion)
    const { frames: [frame], damage } = await ffmpeg.decode(input, { pts: [pts], seekSeconds, keyFramesOnly: false, filters }, context)
    if (refuseDamage && damage !== undefined) throw new NotPlainError(`the decoder patched up damage: ${damage}`)
    return frame === undefined ? undefined : { ...frame, facts: { ...frame.facts, rotation: facts.rotation } }
  }
  const expected = planFrameFilters(facts, wish, ffmpeg.missing)
  const frame = await run(expected)
  const actual = frame === undefined ? expected : planFrameFilters(frame.facts, wish, ffmpeg.missing)
  return actual.filters === expected.filters ? frame : await run(actual)
}
