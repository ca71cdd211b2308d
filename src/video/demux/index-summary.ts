/** A track as its container describes it. */
export interface TrackSummary {
  readonly kind: 'video' | 'audio' | 'other'
  /** One name for all containers if it is known (`h264`, `aac`), else the name in the container. */
  readonly codec: string
  /** Seconds of its media; null if the file does not state it. */
  readonly duration: number | null
  /** As in the container (ISO 639-2 or BCP 47); null if the file does not state it. */
  readonly language: string | null
  /** Coded size in pixels, of a video track. */
  readonly width?: number
  readonly height?: number
  /** Of an audio track. */
  readonly sampleRate?: number
  readonly channels?: number
}

/** Members of an index that only the description of a video needs. */
export interface IndexSummary {
  /** Average frames per second; null if it takes further reads to find out. */
  readonly frameRate: number | null
  /** Average seconds from one key frame to the next; null as above. */
  readonly keyFrameInterval: number | null
  /** Every track of the container, in its order. */
  readonly tracks: readonly TrackSummary[]
}

/**
 * Converts `count` events in `ticks` of a clock to events per second, rounded to 3 digits, and seconds per event,
 * rounded to 6; null if either is unknown.
 */
export function averageRate (
  count: number,
  ticks: number,
  ticksPerSecond: number
): { readonly perSecond: number | null, readonly apart: number | null } {
  if (!(count > 0) || !(ticks > 0) || !(ticksPerSecond > 0)) return { perSecond: null, apart: null }
  return { perSecond: round((count * ticksPerSecond) / ticks, 1e3), apart: round(ticks / ticksPerSecond / count, 1e6) }
}

/** Gaps of one length between frames that follow each other. */
export interface FrameGaps {
  readonly count: number
  readonly ticks: number
}

/** Share of gaps, by number and by time, that makes a rate constant: the others are frames that were left out. */
const REGULAR_SHARE = 0.9
/** Greatest distance of a regular gap from the median, as a share of that. */
const TOLERANCE = 0.25

/**
 * Returns the average distance of frames: that of the regular ones if nearly all are, so that a frame left out here and
 * there does not change the rate; NaN for no gaps. It depends on the frames alone, and not on how long the last one is
 * shown, or how long the sound is.
 */
export function averageGap (gaps: readonly FrameGaps[]): number {
  const sorted = gaps.filter(({ count, ticks }) => count > 0 && ticks > 0).sort((a, b) => a.ticks - b.ticks)
  const all = sumGaps(sorted)
  let seen = 0
  const median = sorted.find(({ count }) => (seen += count) * 2 >= all.count)?.ticks ?? NaN
  const regular = sumGaps(sorted.filter(({ ticks }) => Math.abs(ticks - median) <= TOLERANCE * median))
  const isRegular = regular.count >= REGULAR_SHARE * all.count && regular.ticks >= REGULAR_SHARE * all.ticks
  const { count, ticks } = isRegular ? regular : all
  return ticks / count
}

function sumGaps (gaps: readonly FrameGaps[]): { readonly count: number, readonly ticks: number } {
  return gaps.reduce((sum, { count, ticks }) => ({ count: sum.count + count, ticks: sum.ticks + count * ticks }), {
    count: 0,
    ticks: 0
  })
}

/**
 * Returns the rates of a track whose frames are `frameTicks` apart on average, rounded as by `averageRate`; null if
 * they are unknown.
 */
export function summarizeRates (
  { frames, keys, frameTicks }: { readonly frames: number, readonly keys: number, readonly frameTicks: number },
  ticksPerSecond: number
): Pick<IndexSummary, 'frameRate' | 'keyFrameInterval'> {
  const ticks = frames * frameTicks
  return {
    frameRate: averageRate(frames, ticks, ticksPerSecond).perSecond,
    keyFrameInterval: averageRate(keys, ticks, ticksPerSecond).apart
  }
}

/** Rounds seconds to microseconds. */
export function roundToMicros (seconds: number): number {
  return round(seconds, 1e6)
}

function round (value: number, steps: number): number {
  return Math.round(value * steps) / steps
}
