import { chooseExactSeek, chooseSeekTime, type FrameTime, PresentationClock } from './choose-frame.ts'
import type { Recording } from './recording.ts'

/**
 * Returns whether a video must be decoded from its start, with every frame: without times in the container, a decoder
 * that leaves out frames gives others to the rest; and a palette comes with the first packet and those that change it,
 * whether these are key frames or not.
 */
export function needsStart ({ container, upright }: Pick<Recorded, 'container' | 'upright'>): boolean {
  return container.isSequential === true || upright.pixelFormat === 'pal8'
}

type Recorded = Pick<Recording, 'container' | 'upright' | 'listing' | 'frames'>

/** Where to seek for a frame, and the packets to decode from there. */
export interface SeekPlan {
  /** Seek position on the clock of the container; undefined: the beginning. */
  readonly seekSeconds: number | undefined
  /** Number of packets from the seek position to the frame. */
  readonly packetCount: number
  /** True if these packets may be decoded without those before them. */
  readonly isSeparable: boolean
}

/** Returns how to decode a frame. */
export function planSeek (video: Recorded, target: FrameTime): SeekPlan {
  if (needsStart(video)) {
    return { seekSeconds: undefined, packetCount: video.frames.indexOf(target) + 1, isSeparable: false }
  }
  const { packets, timeBase } = video.listing.chosen
  const { from, packetCount } = chooseSeekTime(packets, target)
  const seconds = (pts: number): number => new PresentationClock(timeBase, 0).toContainerSeconds(pts)
  const seekSeconds =
    from !== undefined && video.container.name === 'flv'
      ? chooseExactSeek(packets, from, seconds)
      : from && seconds(from.pts)
  return { seekSeconds, packetCount, isSeparable: true }
}
