import sharp from 'sharp'
import type { FrameTime } from './choose-frame.ts'
import type { DecodedFrame } from './ffmpeg.ts'
import type { Picture } from './picture.ts'

const MAX_CANDIDATES = 8
/** Candidates are judged small; swscale averages what it drops. */
const JUDGE_FILTERS = 'scale=160:160:force_original_aspect_ratio=decrease:out_range=pc:flags=area,format=rgb24'
/** Below this mean and this spread (of 255) a picture is black to the eye. */
const BLACK_MEAN = 24
const BLANK_DEVIATION = 8

/**
 * Chooses the most representative of up to eight key frames that are spread over the video: the one with the most in
 * it, and no black or blank one where there is another.
 *
 * @param frames in the order of presentation, at least one
 * @param decode decodes some key frames through a filter graph; those that cannot be decoded are absent
 */
export async function chooseRepresentative (
  frames: readonly FrameTime[],
  decode: (candidates: readonly FrameTime[], filters: string) => Promise<readonly DecodedFrame[]>
): Promise<FrameTime> {
  const candidates = spreadCandidates(frames)
  const [only] = candidates
  if (only !== undefined && candidates.length === 1) return only
  const judged = await Promise.all((await decode(candidates, JUDGE_FILTERS)).map(async ({ facts, picture }) => ({
    pts: facts.pts,
    score: await scorePicture(picture)
  })))
  const best = judged.sort((a, b) => b.score - a.score)[0]
  return candidates.find(({ pts }) => pts === best?.pts) ?? candidates[0] ?? frames[0]!
}

/** Up to eight key frames, one from the middle of each equal part of the list. */
export function spreadCandidates (frames: readonly FrameTime[]): FrameTime[] {
  const keys = frames.filter(({ isKey }) => isKey)
  if (keys.length <= MAX_CANDIDATES) return keys.length > 0 ? keys : frames.slice(0, 1)
  return Array.from({ length: MAX_CANDIDATES }, (_, part) => keys[Math.floor((part + 0.5) * keys.length / MAX_CANDIDATES)]!)
}

/** How much there is to see: the entropy of the grey picture, 0 to 8 bits, less a penalty for black and for blank. */
async function scorePicture ({ data, width, height, channels }: Picture): Promise<number> {
  const { entropy, channels: stats } = await sharp(data, { raw: { width, height, channels } }).stats()
  const mean = stats.reduce((sum, { mean }) => sum + mean, 0) / stats.length
  const deviation = stats.reduce((sum, { stdev }) => sum + stdev, 0) / stats.length
  return entropy - (mean < BLACK_MEAN ? 8 : 0) - (deviation < BLANK_DEVIATION ? 8 : 0)
}
