import { readParameterSets } from './h264-headers.ts'
import type { TrackInfo } from '../media/track.ts'

/** Width and height of a picture in pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/**
 * Returns the size of decoded frames: that in the decoder configuration of an H.264 track, if it is the same for all
 * pictures; else the size in the container, which may be wrong.
 *
 * @throws RangedExtractionError if the configuration is malformed
 */
export function predictCodedSize ({
  codec,
  codecConfig,
  width,
  height
}: Pick<TrackInfo, 'codec' | 'codecConfig' | 'width' | 'height'>): PictureSize {
  if (codec !== 'h264') return { width, height }
  const [sequence, second] = readParameterSets(codecConfig).sequences.values()
  return sequence === undefined || second !== undefined
    ? { width, height }
    : { width: sequence.width, height: sequence.height }
}
