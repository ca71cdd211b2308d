import { type Box, type Window, iterateBoxes } from '../mp4/box.ts'
import { FullBoxReader } from './full-box-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Values of the samples of a track that its fragments do not state themselves (ISO/IEC 14496-12, section 8.8.3). */
export interface TrackDefaults {
  readonly descriptionIndex: number
  readonly durationTicks: number
  readonly sampleBytes: number
  readonly flags: number
}

/**
 * Reads the `trex` boxes of an `mvex`, by track.
 *
 * @param window holds the whole `mvex`
 * @throws RangedExtractionError if one is truncated or a track has two
 */
export function readTrackDefaults (window: Window, mvex: Box): Map<number, TrackDefaults> {
  const defaults = new Map<number, TrackDefaults>()
  for (const box of iterateBoxes(window, mvex.bodyStart, mvex.end)) {
    if (box.type !== 'trex') continue
    const reader = new FullBoxReader(window, box)
    const trackId = reader.readUint32()
    if (defaults.has(trackId)) throw new RangedExtractionError('a track has two trex boxes')
    defaults.set(trackId, {
      descriptionIndex: reader.readUint32(),
      durationTicks: reader.readUint32(),
      sampleBytes: reader.readUint32(),
      flags: reader.readUint32()
    })
  }
  return defaults
}
