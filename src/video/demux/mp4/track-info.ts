import { readDecodedSize } from '../../bitstream/decoded-size.ts'
import { readSampleDescription } from './sample-description.ts'
import type { Track } from './track.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { TrackInfo } from '../../media/track.ts'

/** Members of `TrackInfo` that the track box does not state. */
export interface FileInfo {
  readonly container: 'mp4' | 'mov'
  readonly durationMicros: number | null
}

/**
 * Describes a video track.
 *
 * @throws PosterframeError as `readSampleDescription`
 * @throws RangedExtractionError as it, and for a display matrix that does more than rotate, mirror and move
 */
export function describeTrack (track: Track, file: FileInfo): TrackInfo {
  const { pixelAspect, ...description } = readSampleDescription(track)
  assertQuarterTurn(track.matrix, pixelAspect !== undefined)
  return {
    ...file,
    ...description,
    ...readDecodedSize(description),
    timescale: track.timescale,
    matrix: track.matrix,
    pixelAspect: pixelAspect ?? derivePixelAspect(track, description)
  }
}

/**
 * Checks that a display matrix rotates by quarter turns only, and does not scale: ffmpeg would derive the pixel
 * aspect from that if nothing else states it (libavformat/mov.c, `mov_read_tkhd`).
 */
function assertQuarterTurn (matrix: readonly number[], hasPixelAspect: boolean): void {
  const [a = 0, b = 0, u = 0, c = 0, d = 0, v = 0] = matrix
  if (u !== 0 || v !== 0) throw new RangedExtractionError('the display matrix has a perspective')
  const isQuarterTurn = (b === 0 && c === 0) || (a === 0 && d === 0)
  if (!isQuarterTurn) throw new RangedExtractionError('the display matrix does not rotate by a quarter turn')
  const [across, down] = [Math.hypot(a, c), Math.hypot(b, d)]
  if (!hasPixelAspect && (across === 0 || Math.abs(across / down - 1) > 0.01)) {
    throw new RangedExtractionError('the display matrix scales unevenly')
  }
}

/** Derives the pixel aspect from a display size of other proportions (libavformat/mov.c, `mov_read_trak`). */
function derivePixelAspect (
  { shownWidth, shownHeight }: Track,
  { width, height }: { width: number, height: number }
): TrackInfo['pixelAspect'] {
  const [shownAcross, shownDown] = [shownWidth >>> 16, shownHeight >>> 16]
  if (shownAcross === 0 || shownDown === 0 || width === 0 || height === 0) return undefined
  if (shownAcross === width && shownDown === height) return undefined
  const [across, down] = [height * shownAcross, width * shownDown]
  const divisor = findCommonDivisor(across, down)
  return { across: across / divisor, down: down / divisor }
}

function findCommonDivisor (one: number, other: number): number {
  return other === 0 ? one : findCommonDivisor(other, one % other)
}
