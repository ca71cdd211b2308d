import { PosterframeError } from '../../errors.ts'
import { type Packet, type TimeBase, TOLERANCE_MICROS, ticksToMicros } from '../media/time.ts'
import type { Seek } from '../../options/frame-options.ts'

/** A shown frame, with times in ticks of its track. */
export interface FrameTime {
  readonly pts: number
  readonly isKey: boolean
  /** Time at which edits present it, in microseconds; absent if its own time says so. */
  readonly presentedMicros?: number
}

/**
 * Returns the frames of packets in presentation order.
 *
 * @param isCut true if packets before the first key frame do not count as frames, because they need packets that were
 * cut away, as in a recording that begins in the middle; the container's flags do not prove it
 * @returns undefined if a shown packet has no presentation time, so that only decoding determines it
 */
export function listFrameTimes (
  packets: readonly Packet[],
  { isCut = false }: { readonly isCut?: boolean } = {}
): FrameTime[] | undefined {
  const firstKey = !isCut
    ? 0
    : Math.max(
      0,
      packets.findIndex(({ isKey }) => isKey)
    )
  const earliest = firstKey > 0 ? packets[firstKey]!.pts : -Infinity
  const shown = packets.slice(firstKey).filter(({ isShown, pts }) => isShown && !(pts < earliest))
  if (shown.some((packet) => Number.isNaN(packet.pts))) return undefined
  return shown.map(({ pts, isKey }) => ({ pts, isKey })).sort((a, b) => a.pts - b.pts)
}

/**
 * Returns the times at which frames are presented, in microseconds, without repeats: of frames with one time, only the
 * last one is seen.
 */
export function listShownTimes (frames: readonly FrameTime[], clock: PresentationClock): number[] {
  return frames
    .map((frame) => presentedTime(frame, clock))
    .filter((micros, place, all) => place === 0 || micros !== all[place - 1])
}

/**
 * Returns the frame that a player shows at a moment: the last one with a presentation time at or before it; before
 * the first frame, the first. With `keyframe`, the last key frame.
 *
 * @param frames in the order of presentation, at least one
 * @param atMicros the moment, on the presentation timeline
 * @param clock converts the track's ticks to that timeline
 */
export function chooseFrame (
  frames: readonly FrameTime[],
  atMicros: number,
  seek: Seek,
  clock: PresentationClock
): FrameTime {
  let low = 0
  let high = frames.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (presentedTime(frames[middle]!, clock) <= atMicros + TOLERANCE_MICROS) low = middle + 1
    else high = middle
  }
  const shown = frames[Math.max(0, low - 1)]
  if (shown === undefined) throw new PosterframeError('corrupt_video', { detail: 'The video track shows no frame.' })
  if (seek === 'exact') return shown
  const keys = frames.slice(0, Math.max(1, low)).filter((frame) => frame.isKey)
  return keys.at(-1) ?? frames.find((frame) => frame.isKey) ?? shown
}

/** Returns the time at which a frame is presented, in microseconds. */
export function presentedTime ({ pts, presentedMicros }: FrameTime, clock: PresentationClock): number {
  return presentedMicros ?? clock.toMicros(pts)
}

/** Converts ticks of a track to the presentation timeline, whose 0 is `zeroMicros` on the clock of the container. */
export class PresentationClock {
  readonly timeBase: TimeBase
  readonly #zeroMicros: number

  constructor (timeBase: TimeBase, zeroMicros: number) {
    this.timeBase = timeBase
    this.#zeroMicros = zeroMicros
  }

  /** Returns the time of a tick in microseconds, rounded up and never negative. */
  toMicros (pts: number): number {
    return Math.max(0, ticksToMicros(pts, this.timeBase) - this.#zeroMicros)
  }

  /** Returns a clock on which the same ticks are later by `startMicros`. */
  startAt (startMicros: number): PresentationClock {
    return new PresentationClock(this.timeBase, this.#zeroMicros - startMicros)
  }

  /** Returns the time of a tick in seconds on the clock of the container, for ffmpeg's `-ss` with `-seek_timestamp`. */
  toContainerSeconds (pts: number): number {
    return (pts * this.timeBase.numerator) / this.timeBase.denominator
  }
}

/**
 * Returns the clock of a stream without times: frame n is shown at n times the duration of a frame.
 *
 * @param frames in the order of presentation, identified by increasing `pts`
 */
export function countedClock (
  frames: readonly FrameTime[],
  frameTicks: number,
  timeBase: TimeBase
): PresentationClock {
  const places = new Map(frames.map(({ pts }, place) => [pts, place]))
  return new (class extends PresentationClock {
    override toMicros (pts: number): number {
      const place = places.get(pts)
      return place === undefined ? super.toMicros(pts) : ticksToMicros(place * frameTicks, timeBase)
    }
  })(timeBase, 0)
}

/**
 * Returns the seek position from which decoding certainly yields `target`: the last key frame that precedes it both in
 * decode order and in presentation order. A frame that is shown before the key frame it follows in the file needs the
 * key frame before that.
 *
 * @returns the key packet, undefined for the start of the video, and the number of packets from it to the target: all
 * packets if none has the target's time
 */
export function chooseSeekTime (
  packets: readonly Packet[],
  target: FrameTime
): { readonly from: Packet | undefined, readonly packetCount: number } {
  const targetIndex = packets.findIndex((packet) => packet.pts === target.pts && packet.isShown)
  if (targetIndex === -1) return { from: undefined, packetCount: packets.length }
  let keyIndex = targetIndex
  while (keyIndex > 0 && !(packets[keyIndex]!.isKey && packets[keyIndex]!.pts <= target.pts)) keyIndex--
  return { from: keyIndex > 0 ? packets[keyIndex] : undefined, packetCount: targetIndex - Math.max(0, keyIndex) + 1 }
}

/** ffmpeg seeks this much earlier if frames may be out of order and the demuxer seeks by decode time. */
const SEEK_BACK_SECONDS = 3 / 23

/**
 * Returns a seek position from which a demuxer with an index finds exactly the key packet `from`, whether ffmpeg seeks
 * earlier or not: a decoder that begins at an earlier key frame may take decode times for presentation times from
 * there on.
 *
 * @param seconds converts ticks to the clock of the container
 */
export function chooseExactSeek (
  packets: readonly Packet[],
  from: Packet,
  seconds: (pts: number) => number
): number {
  const next = packets.slice(packets.indexOf(from) + 1).find(({ isKey }) => isKey)
  const latest = next === undefined ? Infinity : (seconds(from.pts) + seconds(next.pts)) / 2
  return Math.min(seconds(from.pts) + SEEK_BACK_SECONDS, latest)
}
