import { resolveTimestamp } from '../thumbnails/timestamp.ts'
import { PresentationClock } from './choose-frame.ts'
import type { DecodedFrame } from './ffmpeg.ts'
import { displaySize, isHdr } from './frame-facts.ts'
import type { FrameWish, TakenFrame } from './take-frame.ts'
import { type Moment, NotPlainError, type PacketRun, type TrackFacts } from './video-index.ts'

/**
 * The moment that a wish means.
 *
 * @throws PosterframeError as `resolveTimestamp`; NotPlainError where that needs a duration that nobody wrote
 */
export function resolveMoment ({ timestamp, seek, beyond }: FrameWish, { durationMicros }: TrackFacts): Moment {
  if (timestamp.kind === 'auto') throw new TypeError('auto is chosen, not found')
  const isWithoutDuration = timestamp.kind === 'first' || timestamp.kind === 'last'
  if (durationMicros === null && !isWithoutDuration) throw new NotPlainError('nobody wrote the duration')
  return { atMicros: resolveTimestamp(timestamp, durationMicros ?? 0, beyond), seek }
}

/** A frame that came out of a clip. */
export function describeClipFrame ({ facts: seen, picture }: DecodedFrame, run: Pick<PacketRun, 'targetPts' | 'isKey'>, packetsDecoded: number, facts: TrackFacts): TakenFrame {
  return {
    picture,
    timestampMicros: toMicros(run, facts),
    isKey: run.isKey,
    source: {
      duration: facts.durationMicros === null ? null : facts.durationMicros / 1e6,
      container: facts.container,
      codec: facts.codec,
      ...displaySize(seen),
      rotation: seen.rotation,
      hdr: isHdr(seen)
    },
    warnings: [],
    packetsDecoded,
    way: 'clip'
  }
}

/** When the target of a run is shown. */
export function toMicros ({ targetPts }: Pick<PacketRun, 'targetPts'>, { timescale }: TrackFacts): number {
  return new PresentationClock({ numerator: 1, denominator: timescale }, 0).toMicros(targetPts)
}
