import { type ClipCodec, NotPlainError, type TrackFacts } from '../video-index.ts'
import { makeBox, makeUint16s, makeUint32s } from './mp4-boxes.ts'

/** What a codec's sample entry may be called, its configuration box, and how few bytes that can have. */
const ENTRIES: Record<ClipCodec, { readonly names: readonly string[], readonly config: string, readonly minConfigBytes: number }> = {
  h264: { names: ['avc1', 'avc3'], config: 'avcC', minConfigBytes: 7 },
  hevc: { names: ['hvc1', 'hev1'], config: 'hvcC', minConfigBytes: 23 },
  vp8: { names: ['vp08'], config: 'vpcC', minConfigBytes: 0 },
  vp9: { names: ['vp09'], config: 'vpcC', minConfigBytes: 0 },
  av1: { names: ['av01'], config: 'av1C', minConfigBytes: 0 }
}

/**
 * The one sample entry of a clip (ISO/IEC 14496-12, section 12.1.3) with the decoder's configuration, the pixel aspect
 * (`pasp`, section 12.1.4) and the colour (`colr`, section 12.1.5) that the source's container says.
 *
 * @throws NotPlainError where the facts do not fit a sample entry
 */
export function makeSampleEntry (facts: TrackFacts): Buffer {
  const { names, config, minConfigBytes } = ENTRIES[facts.codec]
  if (!names.includes(facts.sampleEntry)) throw new NotPlainError(`${facts.codec} does not go with the sample entry ${JSON.stringify(facts.sampleEntry)}`)
  if (facts.codecConfig.length < minConfigBytes) throw new NotPlainError('the decoder configuration is too short')
  if (![facts.width, facts.height].every((side) => isWithin(side, 1, 0xffff))) throw new NotPlainError('the coded size does not fit a sample entry')
  return makeBox(facts.sampleEntry,
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), // reserved, data_reference_index
    Buffer.alloc(16),
    makeUint16s(facts.width, facts.height),
    makeUint32s(72 << 16, 72 << 16, 0),
    makeUint16s(1), // frame_count
    Buffer.alloc(32), // compressorname
    makeUint16s(24, 0xffff), // depth, pre_defined
    facts.codecConfig.length === 0 ? NOTHING : makeBox(config, facts.codecConfig),
    makePixelAspect(facts),
    makeColour(facts))
}

const NOTHING = Buffer.alloc(0)

function makePixelAspect ({ pixelAspect }: TrackFacts): Buffer {
  if (pixelAspect === undefined) return NOTHING
  const { across, down } = pixelAspect
  if (![across, down].every((length) => isWithin(length, 0, 0xffffffff))) throw new NotPlainError('the pixel aspect does not fit 32 bits')
  return makeBox('pasp', makeUint32s(across, down))
}

function makeColour ({ colour }: TrackFacts): Buffer {
  if (colour === undefined) return NOTHING
  const { primaries, transfer, matrix, isFullRange } = colour
  if (![primaries, transfer, matrix].every((code) => isWithin(code, 0, 0xffff))) throw new NotPlainError('a colour code does not fit 16 bits')
  return makeBox('colr', Buffer.from('nclx', 'latin1'), makeUint16s(primaries, transfer, matrix), Buffer.from([isFullRange ? 0x80 : 0]))
}

function isWithin (value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
