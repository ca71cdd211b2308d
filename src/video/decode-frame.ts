import type { FfmpegInput } from './ffmpeg-arguments.ts'
import type { DecodedFrame, Ffmpeg, RunContext } from './ffmpeg.ts'
import { planColourFilters } from './filters.ts'
import type { FrameFacts } from './frame-facts.ts'
import { NotPlainError } from './video-index.ts'

/** What a frame is decoded from, and what is expected of it. */
export interface FrameDecoding {
  readonly ffmpeg: Ffmpeg
  readonly input: FfmpegInput
  readonly context: RunContext
  /** The frame's facts as far as they are known before it is decoded: its filters are planned by them. */
  readonly facts: FrameFacts
  /** Whether damage that the decoder patched up is a doubt. */
  readonly refuseDamage: boolean
}

/**
 * Decodes one frame to RGB; once more by its own facts where they differ in colour from those that were expected.
 *
 * @returns undefined where the frame cannot be had
 * @throws NotPlainError where the decoder patched up damage and that is a doubt
 */
export async function decodeWithFilters (
  { ffmpeg, input, context, facts, refuseDamage }: FrameDecoding,
  { pts, seekSeconds }: { readonly pts: number, readonly seekSeconds: number | undefined }
): Promise<DecodedFrame | undefined> {
  const run = async (filters: string) => {
    const { frames: [frame], damage } = await ffmpeg.decode(input, { pts: [pts], seekSeconds, keyFramesOnly: false, filters }, context)
    if (refuseDamage && damage !== undefined) throw new NotPlainError(`the decoder patched up damage: ${damage}`)
    return frame
  }
  const expected = planColourFilters(facts)
  const frame = await run(expected)
  const actual = frame === undefined ? expected : planColourFilters(frame.facts)
  return actual === expected ? frame : await run(actual)
}
