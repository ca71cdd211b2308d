import type { Size } from '../video/media/scaled-size.ts'
import { spreadEvenly } from '../video/media/time.ts'
import type { PreviewOptions } from '../options/preview-options.ts'

const SECOND_MICROS = 1_000_000
/** What all frames of a preview take in memory together stays below some 70 MB. */
const MAX_PIXELS = 24e6
/** So many candidates are looked at for each second that is shown. */
const CANDIDATES_PER_SECOND = 4

/** Beginnings of seconds that may be shown, in microseconds: one in the middle of each equal part of the video. */
export function spreadCandidateTimes ({ duration }: PreviewOptions, durationSeconds: number): number[] {
  const count = duration * CANDIDATES_PER_SECOND
  const latest = Math.max(0, durationSeconds - 1)
  return [
    ...new Set(
      spreadEvenly(count, durationSeconds).map((seconds) => Math.round(Math.min(latest, seconds) * SECOND_MICROS))
    )
  ]
}

/** A candidate, and how much its picture is worth showing. */
export interface RankedCandidate {
  readonly atMicros: number
  readonly score: number
}

/**
 * The best of the candidates, as many as there are seconds to be shown, in their order; none begins before the one
 * before has ended. Where key frames are too few for so many, others fill up, each as far from those that are shown
 * as can be.
 *
 * @param fillers moments that may be shown though nobody looked at them
 */
export function chooseBeginnings (
  candidates: readonly RankedCandidate[],
  seconds: number,
  fillers: readonly number[]
): number[] {
  const chosen: number[] = []
  const distance = (atMicros: number) => Math.min(...chosen.map((other) => Math.abs(other - atMicros)))
  for (const { atMicros } of candidates.toSorted(
    (one, other) => other.score - one.score || one.atMicros - other.atMicros
  )) {
    if (chosen.length < seconds && distance(atMicros) >= SECOND_MICROS) chosen.push(atMicros)
  }
  while (chosen.length > 0 && chosen.length < seconds) {
    const farthest = fillers.reduce(
      (best, atMicros) => (distance(atMicros) > distance(best) ? atMicros : best),
      chosen[0]!
    )
    if (distance(farthest) < SECOND_MICROS) break
    chosen.push(farthest)
  }
  return chosen.sort((one, other) => one - other)
}

/** How many frames a second there are, so that all of them together fit into memory. */
export function chooseFrameRate ({ framesPerSecond, duration }: PreviewOptions, { width, height }: Size): number {
  return Math.max(1, Math.min(framesPerSecond, Math.floor(MAX_PIXELS / (width * height * duration))))
}

/**
 * The moments of the frames, in microseconds: so many a second, for `seconds` from each beginning on, and none past
 * the end.
 */
export function frameTimesOf (
  beginnings: readonly number[],
  {
    seconds,
    framesPerSecond,
    durationSeconds
  }: { readonly seconds: number, readonly framesPerSecond: number, readonly durationSeconds: number | null }
): number[] {
  const end = durationSeconds === null ? Infinity : durationSeconds * SECOND_MICROS
  const moments = beginnings.flatMap((beginning) =>
    Array.from(
      { length: seconds * framesPerSecond },
      (_, frame) => beginning + Math.round((frame * SECOND_MICROS) / framesPerSecond)
    )
  )
  const inside = moments.filter((micros) => micros < end)
  return inside.length > 0 ? inside : beginnings.slice(0, 1)
}
