import type { FrameTime } from './choose-frame.ts'
import { measurePicture } from './measure-picture.ts'
import { scorePictures } from './score-pictures.ts'
import type { DecodedFrame, Decoding } from '../decode/decoder.ts'
import { spreadIndexes } from '../media/time.ts'

/** Maximum number of key frames to compare. */
export const MAX_CANDIDATES = 8
/** Scales candidates down for scoring; swscale averages the pixels. */
const JUDGE_FILTERS = 'scale=160:160:force_original_aspect_ratio=decrease:out_range=pc:flags=area,format=rgb24'
/** Number of candidates to decode again if the decoder concealed an error; each is a decoder run. */
const MAX_SECOND_LOOKS = 3
/** Bonus for the middle of the video over its start, which decides between equal pictures. */
const MIDDLE_WORTH = 0.3

/** Decodes some key frames through a filter graph; those that cannot be decoded are absent. */
export type DecodeCandidates = (candidates: readonly FrameTime[], filters: string) => Promise<Decoding>

/**
 * Chooses the best of up to eight key frames that are spread over the video, as docs/auto.md describes: the least bad
 * if none is good, the earlier of equals. Skips candidates that cannot be decoded.
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

/**
 * Returns the first candidate that decodes without errors, decoded alone because the decoder does not report which of
 * many was affected.
 */
async function findWhole (ranked: readonly FrameTime[], decode: DecodeCandidates): Promise<FrameTime | undefined> {
  for (const candidate of ranked) {
    const { frames, decodeError } = await decode([candidate], JUDGE_FILTERS)
    if (frames.length > 0 && decodeError === undefined) return candidate
  }
  return undefined
}

/** Returns up to eight key frames, one from the middle of each equal part of the list. */
export function spreadCandidates (frames: readonly FrameTime[]): FrameTime[] {
  const keys = frames.filter(({ isKey }) => isKey)
  if (keys.length === 0) return frames.slice(0, 1)
  return spreadIndexes(MAX_CANDIDATES, keys.length).map((index) => keys[index]!)
}

/** Scores the position: nothing at the start, most in the middle, almost nothing at the end. */
function scorePlace (place: number, count: number): number {
  return MIDDLE_WORTH * (1 - Math.abs((2 * place) / count - 1))
}
