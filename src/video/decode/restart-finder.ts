// Without imports: the libav worker, which loads this file, cannot read files outside this folder.

/** Decode times of a track go back at least this much where its clock restarts; damaged ones go back for less. */
const LEAST_SECONDS = 0.5
/** Decode times that go back further have wrapped around: half the range of 33 bits at 90 kHz. */
const WRAP_SECONDS = 2 ** 32 / 90_000
/** Number of packets that must follow the new clock, so that a single wrong time is no restart. */
const LEAST_PACKETS = 3

/** Maximum number of restarts that are reported. */
export const MAX_RESTARTS = 100

interface Candidate {
  /** Decode time that the packets before it reached. */
  readonly reached: number
  /** Offset of the byte that the new recording is cut at. */
  readonly position: number
  packets: number
}

/**
 * Finds where the clock of a video restarts, because its file consists of several recordings, one after the other: the
 * decode times of the chosen track go back by 0.5 s or more and stay back. Other tracks only move the place, since
 * their first packets may come before those of the video.
 */
export class RestartFinder {
  readonly #chosen: number
  readonly #found: number[] = []
  readonly #latest = new Map<number, number>()
  /** Positions of the packets at which other tracks went back since the last packet of the chosen one. */
  #wentBack: number[] = []
  #reached = -Infinity
  #candidate: Candidate | undefined

  /** @param chosen number of the chosen track */
  constructor (chosen: number) {
    this.#chosen = chosen
  }

  /** Offsets of the bytes at which another recording begins, in ascending order; at most `MAX_RESTARTS` + 1. */
  get restarts (): readonly number[] {
    return this.#found
  }

  /**
   * Takes the next packet of the file.
   *
   * @param seconds its decode time; NaN if unknown
   * @param position offset of its first byte; negative if unknown
   */
  take (track: number, seconds: number, position: number): void {
    if (Number.isNaN(seconds) || this.#found.length > MAX_RESTARTS) return
    if (track === this.#chosen) this.#takeChosen(seconds, position)
    else {
      if (isBack(this.#latest.get(track) ?? -Infinity, seconds) && position > 0) this.#wentBack.push(position)
      this.#latest.set(track, seconds)
    }
  }

  #takeChosen (seconds: number, position: number): void {
    if (this.#candidate === undefined) {
      if (isBack(this.#reached, seconds) && position > 0) {
        this.#candidate = { reached: this.#reached, position: Math.min(position, ...this.#wentBack), packets: 1 }
      }
    } else if (seconds >= this.#candidate.reached) this.#candidate = undefined
    else if (++this.#candidate.packets === LEAST_PACKETS) {
      if (this.#candidate.position > (this.#found.at(-1) ?? 0)) this.#found.push(this.#candidate.position)
      this.#candidate = undefined
      this.#reached = seconds
    }
    this.#wentBack = []
    if (this.#candidate === undefined) this.#reached = Math.max(this.#reached, seconds)
  }
}

function isBack (from: number, to: number): boolean {
  return from - to >= LEAST_SECONDS && from - to < WRAP_SECONDS
}
