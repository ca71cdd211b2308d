import { makeBox, makeUint16s, makeUint32s } from './mp4-boxes.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { VideoCodec, TrackInfo } from '../media/track.ts'

/** Types of a codec's sample entry, its configuration box, and the minimum size of that. */
const ENTRIES: Record<
  VideoCodec,
  { readonly types: readonly string[], readonly config: string, readonly minConfigBytes: number }
> = {
  h264: { types: ['avc1', 'avc3'], config: 'avcC', minConfigBytes: 7 },
  hevc: { types: ['hvc1', 'hev1'], config: 'hvcC', minConfigBytes: 23 },
  vp8: { types: ['vp08'], config: 'vpcC', minConfigBytes: 0 },
  vp9: { types: ['vp09'], config: 'vpcC', minConfigBytes: 0 },
  av1: { types: ['av01'], config: 'av1C', minConfigBytes: 0 }
}

/**
 * Returns the only sample entry of a remuxed segment (ISO/IEC 14496-12, section 12.1.3), with the decoder
 * configuration, the pixel aspect (`pasp`, section 12.1.4) and the colour (`colr`, section 12.1.5) of the source.
 *
 * @throws RangedExtractionError if the info does not fit a sample entry
 */
export function makeSampleEntry (info: TrackInfo): Buffer {
  const { types, config, minConfigBytes } = ENTRIES[info.codec]
  if (!types.includes(info.sampleEntry)) {
    throw new RangedExtractionError(
      `the sample entry ${JSON.stringify(info.sampleEntry)} is not one of ${info.codec}`
    )
  }
  if (info.codecConfig.length < minConfigBytes) {
    throw new RangedExtractionError('the decoder configuration is too short')
  }
  if (![info.width, info.height].every((side) => isWithin(side, 1, 0xffff))) {
    throw new RangedExtractionError('the coded size does not fit a sample entry')
  }
  return makeBox(
    info.sampleEntry,
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), // reserved, data_reference_index
    Buffer.alloc(16),
    makeUint16s(info.width, info.height),
    makeUint32s(72 << 16, 72 << 16, 0),
    makeUint16s(1), // frame_count
    Buffer.alloc(32), // compressorname
    makeUint16s(24, 0xffff), // depth, pre_defined
    info.codecConfig.length === 0 ? EMPTY : makeBox(config, info.codecConfig),
    makePixelAspect(info),
    makeColour(info)
  )
}

const EMPTY = Buffer.alloc(0)

function makePixelAspect ({ pixelAspect }: TrackInfo): Buffer {
  if (pixelAspect === undefined) return EMPTY
  const { across, down } = pixelAspect
  if (![across, down].every((length) => isWithin(length, 0, 0xffffffff))) {
    throw new RangedExtractionError('the pixel aspect does not fit 32 bits')
  }
  return makeBox('pasp', makeUint32s(across, down))
}

function makeColour ({ colour }: TrackInfo): Buffer {
  if (colour === undefined) return EMPTY
  const { primaries, transfer, matrix, isFullRange } = colour
  if (![primaries, transfer, matrix].every((code) => isWithin(code, 0, 0xffff))) {
    throw new RangedExtractionError('a colour code does not fit 16 bits')
  }
  return makeBox(
    'colr',
    Buffer.from('nclx', 'latin1'),
    makeUint16s(primaries, transfer, matrix),
    Buffer.from([isFullRange ? 0x80 : 0])
  )
}

function isWithin (value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}
