import type { PreviewOptions } from '../options/preview-options.ts'
import type { Size } from '../video/media/scaled-size.ts'
import { spreadEvenly } from '../video/media/time.ts'

const SECOND_MICROS = 1_000_000
/** Pixels of all frames of a preview together: about 70 MB of memory. */
const MAX_PIXELS = 24e6
/** Candidates that are scored for each second of the preview. */
const CANDIDATES_PER_SECOND = 4

/**
 * Returns candidate start times, in microseconds, of the seconds of a preview: one in the middle of each equal part of
 * the video, and none so late that less than a second follows.
 */
export function spreadCandidateTimes ({ duration }: PreviewOptions, durationSeconds: number): number[] {
  const count = duration * CANDIDATES_PER_SECOND
  const latest = Math.max(0, durationSeconds - 1)
  const times = spreadEvenly(count, durationSeconds).map((seconds) =>
    Math.round(Math.min(latest, seconds) * SECOND_MICROS)
  )
  return [...new Set(times)]
}

/** A candidate start time, and the score of its picture. */
export interface ScoredCandidate {
  readonly micros: number
  readonly score: number
}

/**
 * Returns the start times of the seconds of a preview, in ascending order and at least a second apart: those of the
 * candidates with the highest scores, and then fillers, each as far as possible from the chosen ones, if there are too
 * few key frames.
 *
 * @param fillers times that may be chosen without a score
 */
export function chooseStartTimes (
  candidates: readonly ScoredCandidate[],
  seconds: number,
  fillers: readonly number[]
): number[] {
  const chosen: number[] = []
  const distance = (micros: number) => Math.min(...chosen.map((other) => Math.abs(other - micros)))
  const ranked = candidates.toSorted((one, other) => other.score - one.score || one.micros - other.micros)
  for (const { micros } of ranked) {
    if (chosen.length < seconds && distance(micros) >= SECOND_MICROS) chosen.push(micros)
  }
  while (chosen.length > 0 && chosen.length < seconds) {
    const farthest = fillers.reduce((best, micros) => (distance(micros) > distance(best) ? micros : best), chosen[0]!)
    if (distance(farthest) < SECOND_MICROS) break
    chosen.push(farthest)
  }
  return chosen.sort((one, other) => one - other)
}

/** Returns the frame rate of a preview, lowered so that all frames together fit into memory. */
export function chooseFrameRate ({ framesPerSecond, duration }: PreviewOptions, { width, height }: Size): number {
  return Math.max(1, Math.min(framesPerSecond, Math.floor(MAX_PIXELS / (width * height * duration))))
}

/**
 * Returns the times of the frames of a preview, in microseconds: `framesPerSecond` for `seconds` from each start time,
 * and none after the end of the video.
 */
export function frameTimesOf (
  startTimes: readonly number[],
  {
    seconds,
    framesPerSecond,
    durationSeconds
  }: { readonly seconds: number, readonly framesPerSecond: number, readonly durationSeconds: number | null }
): number[] {
  const end = durationSeconds === null ? Infinity : durationSeconds * SECOND_MICROS
  const times = startTimes.flatMap((start) =>
    Array.from(
      { length: seconds * framesPerSecond },
      (_, frame) => start + Math.round((frame * SECOND_MICROS) / framesPerSecond)
    )
  )
  const inside = times.filter((micros) => micros < end)
  return inside.length > 0 ? inside : startTimes.slice(0, 1)
}
