import { type Box, type Window, iterateBoxes } from '../mp4/box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Default values for samples in the fragments of a track (ISO/IEC 14496-12, section 8.8.3). */
export interface TrackDefaults {
  readonly descriptionIndex: number
  readonly durationTicks: number
  readonly sampleBytes: number
  readonly flags: number
}

const TREX_BYTES = 24

/**
 * Reads the `trex` boxes of an `mvex`, by track.
 *
 * @param window holds the complete `mvex`
 * @throws RangedExtractionError if one is cut short or a track has two
 */
export function readTrackDefaults (window: Window, mvex: Box): Map<number, TrackDefaults> {
  const defaults = new Map<number, TrackDefaults>()
  for (const box of iterateBoxes(window, mvex.bodyStart, mvex.end)) {
    if (box.type !== 'trex') continue
    if (box.end - box.bodyStart < TREX_BYTES) throw new RangedExtractionError('a trex box is cut short')
    const at = box.bodyStart - window.offset
    const trackId = window.data.readUInt32BE(at + 4)
    if (defaults.has(trackId)) throw new RangedExtractionError('a track has two trex boxes')
    defaults.set(trackId, {
      descriptionIndex: window.data.readUInt32BE(at + 8),
      durationTicks: window.data.readUInt32BE(at + 12),
      sampleBytes: window.data.readUInt32BE(at + 16),
      flags: window.data.readUInt32BE(at + 20)
    })
  }
  return defaults
}
