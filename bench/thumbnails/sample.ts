import type { Traffic } from '../store/exchange.ts'

/** Posterframe: with ffmpeg started for every task, and with workers that have libav loaded. */
export type OwnWay = 'e' | 'l'

/** The rivals and Posterframe. */
export type WayLetter = 'a' | 'b' | 'c' | 'k' | 'd' | OwnWay

/** Which frame is wanted: the key frame at or before T, or the one that is shown at T. */
export type Seek = 'keyframe' | 'exact'

/** How (e) and (l) had its index: not at all, or from a question about another timestamp of the same video. */
export type IndexState = 'cold' | 'warm'

/** One thumbnail by one way, measured. */
export interface Sample extends Traffic {
  readonly way: WayLetter
  readonly input: string
  readonly seek: Seek
  readonly index: IndexState | null
  readonly ms: number
  readonly cpuSeconds: number
  /** Of the rival's biggest process; of the service itself for (e), with its workers for (l). */
  readonly peakBytes: number
  readonly scratchBytes: number
  /** Whether it was stopped, so that everything here is less than the truth. */
  readonly isTimedOut: boolean
  /** The number that the picture shows; null where it may be any. */
  readonly code: number | null
  /** What (e) or (l) said of itself. */
  readonly told: Told | null
}

/** The `work` and the `Server-Timing` of an answer. */
export interface Told {
  readonly mode: string
  readonly bytesRead: number
  readonly requests: number
  readonly packetsDecoded: number
  readonly stepsMs: Readonly<Record<string, number>>
}

/** In words, for the tables. */
export const WAY_NAMES: Readonly<Record<WayLetter, string>> = {
  a: '(a) download, `-i file -ss T`',
  b: '(b) download, `-ss T -i file`',
  c: '(c) `ffmpeg -ss T -i URL`',
  k: '(k) the same, made to stop at the key frame',
  d: '(d) download, ffmpegthumbnailer',
  e: '(e) Posterframe',
  l: '(l) Posterframe with libav'
}

/** Whether a way is Posterframe. */
export function isOwn (way: WayLetter): way is OwnWay {
  return way === 'e' || way === 'l'
}
