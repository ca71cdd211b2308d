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

/** Rounds seconds to microseconds. */
export function roundToMicros (seconds: number): number {
  return round(seconds, 1e6)
}

function round (value: number, steps: number): number {
  return Math.round(value * steps) / steps
}
