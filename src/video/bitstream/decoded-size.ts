import { readParameterSets } from './h264-headers.ts'
import { readHevcSequences } from './hevc-headers.ts'
import type { TrackInfo } from '../media/track.ts'
import type { Size } from '../media/scaled-size.ts'

/**
 * Returns the size of the pictures that the decoder outputs for a track: that of the parameter sets in its
 * configuration, without the pixels that these crop, whatever size the container states. That of the container if
 * the codec is another one, or the configuration has no parameter sets, or sets of several sizes.
 *
 * @throws RangedExtractionError if the configuration is malformed
 */
export function readDecodedSize (
  { codec, codecConfig, width, height }: Pick<TrackInfo, 'codec' | 'codecConfig' | 'width' | 'height'>
): Size {
  const stated = { width, height }
  if (codec === 'h264') return readAvcSize(codecConfig, stated)
  if (codec === 'hevc') return oneOf(readHevcSequences(codecConfig).map(({ cropped }) => cropped)) ?? stated
  return stated
}

function readAvcSize (avcC: Buffer, stated: Size): Size {
  const sequences = [...readParameterSets(avcC).sequences.values()]
  const coded = oneOf(sequences)
  if (coded === undefined) return stated
  return !sequences.some(({ isShifted }) => isShifted) && isCroppedByContainer(coded, stated) ? stated : coded
}

/**
 * Returns whether the container states a size that lacks less than a macroblock on the right and at the bottom. Many
 * writers state 1080 lines of 1088 in this way, and libavcodec crops to it (h264_slice.c, `init_dimensions`).
 */
function isCroppedByContainer (coded: Size, stated: Size): boolean {
  return isWithinMacroblock(coded.width, stated.width) && isWithinMacroblock(coded.height, stated.height)
}

function isWithinMacroblock (coded: number, stated: number): boolean {
  return stated > 0 && stated <= coded && Math.ceil(stated / 16) === Math.ceil(coded / 16)
}

function oneOf (sizes: readonly Size[]): Size | undefined {
  const [first, ...others] = sizes
  if (first === undefined || others.some(({ width, height }) => width !== first.width || height !== first.height)) {
    return undefined
  }
  return { width: first.width, height: first.height }
}
