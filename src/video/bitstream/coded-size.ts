import { readParameterSets } from './h264-headers.ts'
import type { TrackInfo } from '../media/track.ts'

/** Width and height of a picture in pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/**
 * The size that the decoder will give, where the configuration of an H.264 track says it for all its pictures; else
 * what the container says, which may be anything.
 *
 * @throws RangedExtractionError where the configuration cannot be read
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
