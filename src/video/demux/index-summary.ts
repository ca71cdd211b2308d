/** What a container says of one of its tracks. */
export interface TrackSummary {
  readonly kind: 'video' | 'audio' | 'other'
  /** As the container names it, in one word for all containers where it is known: `h264`, `aac`. */
  readonly codec: string
  /** Seconds of its media; null where nobody wrote it. */
  readonly duration: number | null
  /** As the container has it (ISO 639-2 or BCP 47); null where it is not said. */
  readonly language: string | null
  /** Coded size in pixels, of a video track. */
  readonly width?: number
  readonly height?: number
  /** Of an audio track. */
  readonly sampleRate?: number
  readonly channels?: number
}

/** What an index knows besides the facts that a clip needs. */
export interface IndexSummary {
  /** Frames a second, on average; null where only reading on would tell. */
  readonly frameRate: number | null
  /** Seconds from one key frame to the next, on average; null as above. */
  readonly keyFrameInterval: number | null
  /** Every track that the container lists, in its order. */
  readonly tracks: readonly TrackSummary[]
}

/**
 * `count` things in `ticks` of a clock, as things per second and seconds per thing, to the third and the sixth digit;
 * null where it is not known.
 */
export function averageRate (
  count: number,
  ticks: number,
  ticksPerSecond: number
): { readonly perSecond: number | null, readonly apart: number | null } {
  if (!(count > 0) || !(ticks > 0) || !(ticksPerSecond > 0)) return { perSecond: null, apart: null }
  return { perSecond: round((count * ticksPerSecond) / ticks, 1e3), apart: round(ticks / ticksPerSecond / count, 1e6) }
}

/** Seconds, to the microsecond. */
export function roundToMicros (seconds: number): number {
  return round(seconds, 1e6)
}

function round (value: number, steps: number): number {
  return Math.round(value * steps) / steps
}
