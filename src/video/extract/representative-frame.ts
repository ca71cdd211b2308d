import type { FrameTime } from './choose-frame.ts'
import { measurePicture } from './measure-picture.ts'
import { scorePictures } from './score-pictures.ts'
import type { DecodedFrame, Decoding } from '../decode/decoder.ts'
import { spreadIndexes } from '../media/time.ts'

/** Key frames that are compared, at most. */
export const MAX_CANDIDATES = 8
/** Candidates are judged small; swscale averages what it drops. */
const JUDGE_FILTERS = 'scale=160:160:force_original_aspect_ratio=decrease:out_range=pc:flags=area,format=rgb24'
/** How many are looked at once more where the decoder patched up damage; each is a run of ffmpeg. */
const MAX_SECOND_LOOKS = 3
/** What it is worth to lie in the middle of the video, against its very start: it decides between equals. */
const MIDDLE_WORTH = 0.3

/** Decodes some key frames through a filter graph; those that cannot be decoded are absent. */
export type DecodeCandidates = (candidates: readonly FrameTime[], filters: string) => Promise<Decoding>

/**
 * Chooses the key frame that is most worth showing of up to eight that are spread over the video, as docs/auto.md
 * says: the least bad where none is good, the earlier of equals. Those that do not come out of the decoder are passed
 * over.
 *
 * @param frames in the order of presentation, at least one
 */
export async function chooseRepresentative (
  frames: readonly FrameTime[],
  decode: DecodeCandidates
): Promise<FrameTime> {
  const candidates = spreadCandidates(frames)
  const [first = frames[0]!] = candidates
  if (candidates.length <= 1) return first
  const { frames: decoded, decodeError } = await decode(candidates, JUDGE_FILTERS)
  const ranked = rankCandidates(candidates, decoded)
  const whole = decodeError === undefined ? ranked[0] : await findWhole(ranked.slice(0, MAX_SECOND_LOOKS), decode)
  return whole ?? ranked[0] ?? first
}

function rankCandidates (candidates: readonly FrameTime[], decoded: readonly DecodedFrame[]): FrameTime[] {
  const pictures = new Map(decoded.map(({ info, picture }) => [info.pts, picture]))
  const seen = candidates.flatMap((candidate, place) => {
    const picture = pictures.get(candidate.pts)
    return picture === undefined ? [] : [{ candidate, place, measures: measurePicture(picture) }]
  })
  const scores = scorePictures(seen.map(({ measures }) => measures))
  return seen
    .map(({ candidate, place }, index) => ({ candidate, score: scores[index]! + scorePlace(place, candidates.length) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ candidate }) => candidate)
}

/** The first that comes out of the decoder without damage; alone, since it does not say which of many it patched up. */
async function findWhole (ranked: readonly FrameTime[], decode: DecodeCandidates): Promise<FrameTime | undefined> {
  for (const candidate of ranked) {
    const { frames, decodeError } = await decode([candidate], JUDGE_FILTERS)
    if (frames.length > 0 && decodeError === undefined) return candidate
  }
  return undefined
}

/** Up to eight key frames, one from the middle of each equal part of the list. */
export function spreadCandidates (frames: readonly FrameTime[]): FrameTime[] {
  const keys = frames.filter(({ isKey }) => isKey)
  if (keys.length === 0) return frames.slice(0, 1)
  return spreadIndexes(MAX_CANDIDATES, keys.length).map((index) => keys[index]!)
}

/** Nothing at the start, most in the middle, and nearly nothing at the end. */
function scorePlace (place: number, count: number): number {
  return MIDDLE_WORTH * (1 - Math.abs((2 * place) / count - 1))
}
