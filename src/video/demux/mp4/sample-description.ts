import { PosterframeError } from '../../../errors.ts'
import { parseDolbyVision, assertCompatibleDolbyVision } from '../../media/dolby-vision.ts'
import { type Box, type Window, iterateBoxes, readBody, readBox } from './box.ts'
import type { Track } from './track.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { VideoCodec, ColourTag, TrackInfo } from '../../media/track.ts'

/** The only sample description of a video track (ISO/IEC 14496-12, section 12.1.3). */
export interface SampleDescription {
  readonly codec: VideoCodec
  readonly sampleEntry: string
  readonly codecConfig: Buffer
  readonly width: number
  readonly height: number
  readonly pixelAspect: TrackInfo['pixelAspect']
  readonly colour: ColourTag | undefined
}

interface Entry {
  readonly codec: VideoCodec
  /** Type of the box of the decoder configuration. */
  readonly config: string
  /** True if that box may be missing. */
  readonly isOptional?: boolean
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  avc1: { codec: 'h264', config: 'avcC' },
  avc3: { codec: 'h264', config: 'avcC' },
  hvc1: { codec: 'hevc', config: 'hvcC' },
  hev1: { codec: 'hevc', config: 'hvcC' },
  vp08: { codec: 'vp8', config: 'vpcC', isOptional: true },
  vp09: { codec: 'vp9', config: 'vpcC', isOptional: true },
  av01: { codec: 'av1', config: 'av1C' }
}

/** Headers of the box, of the sample entry and of the visual one, before the boxes in it. */
const ENTRY_BYTES = 86
const CONFIG_BOXES = new Set(Object.values(ENTRIES).map(({ config }) => config))

/**
 * Reads the sample description of a video track.
 *
 * @throws PosterframeError `encrypted_video`; `unsupported_media` if the samples are in another file;
 * `unsupported_codec` for Dolby Vision whose base layer cannot be shown alone
 * @throws RangedExtractionError if there are several, or a remuxed segment cannot carry the codec or its layout
 */
export function readSampleDescription ({ boxes }: Track): SampleDescription {
  const stsd = boxes.require('stsd', 8)
  const window = { offset: 0, data: stsd }
  if (stsd.readUInt32BE(4) !== 1) throw new RangedExtractionError('the track has no or several sample descriptions')
  const entry = readBox(window, 8, stsd.length)
  if (entry.end - entry.start < ENTRY_BYTES) throw new RangedExtractionError('a sample entry is truncated')
  const children = [...iterateBoxes(window, entry.start + ENTRY_BYTES, entry.end)]
  if (entry.type === 'encv' || children.some(({ type }) => type === 'sinf')) {
    throw new PosterframeError('encrypted_video')
  }
  const known = ENTRIES[entry.type]
  if (known === undefined) {
    throw new RangedExtractionError(`a remuxed segment cannot carry the sample entry ${entry.type.trimEnd()}`)
  }
  assertSelfContained(boxes.require('dref', 8), stsd.readUInt16BE(entry.start + 14))
  const size = { width: stsd.readUInt16BE(entry.start + 32), height: stsd.readUInt16BE(entry.start + 34) }
  assertSupportedDolbyVision(window, children, entry.type)
  return {
    codec: known.codec,
    sampleEntry: entry.type,
    codecConfig: readConfig(window, children, known),
    ...size,
    pixelAspect: readPixelAspect(window, children),
    colour: readColour(window, children)
  }
}

function readConfig (window: Window, children: readonly Box[], { config, isOptional = false }: Entry): Buffer {
  const [box, second] = children.filter(({ type }) => CONFIG_BOXES.has(type))
  if (second !== undefined) throw new RangedExtractionError('there are two decoder configurations')
  if (box === undefined && isOptional) return Buffer.alloc(0)
  if (box?.type !== config) throw new RangedExtractionError('the decoder configuration is missing')
  return Buffer.from(readBody(window, box))
}

/**
 * Checks that the samples are in the file itself (section 8.7.2). A reference to another file, which ffmpeg might
 * follow, is either an attack or of no use here.
 */
function assertSelfContained (dref: Buffer, index: number): void {
  const window = { offset: 0, data: dref }
  const reference = [...iterateBoxes(window, 8, dref.length)][index - 1]
  if (reference === undefined) throw new RangedExtractionError('the data reference is missing')
  const body = readBody(window, reference, 4)
  if ((body.readUInt8(3) & 1) === 1) return
  if (body.length === 4) throw new RangedExtractionError('the data reference is empty')
  throw new PosterframeError('unsupported_media', {
    detail: 'The video refers to other files for its frames. Export it as a self-contained file.'
  })
}

const DOLBY_VISION_BOXES = new Set(['dvcC', 'dvvC', 'dvwC'])
/** A single layer that can be shown alone (Dolby Vision Streams Within the ISO Base Media File Format, annex A). */
const SINGLE_LAYER_PROFILE = 8

/**
 * Checks that the base layer of Dolby Vision is an ordinary picture: profile 8 with a cross-compatibility, in an
 * ordinary HEVC sample entry (Dolby Vision Streams Within the ISO Base Media File Format, section 2.2).
 */
function assertSupportedDolbyVision (window: Window, children: readonly Box[], sampleEntry: string): void {
  for (const box of children) {
    if (!DOLBY_VISION_BOXES.has(box.type)) continue
    const configuration = parseDolbyVision(readBody(window, box, 5))
    if (configuration === undefined) throw new RangedExtractionError('the Dolby Vision configuration is truncated')
    assertCompatibleDolbyVision(configuration)
    const { profile } = configuration
    if (profile !== SINGLE_LAYER_PROFILE || (sampleEntry !== 'hvc1' && sampleEntry !== 'hev1')) {
      throw new RangedExtractionError(`Dolby Vision profile ${profile} in ${sampleEntry} is not supported`)
    }
  }
}

/** Reads the pixel aspect (`pasp`, section 12.1.4.1); a spacing of 0 states none. */
function readPixelAspect (window: Window, children: readonly Box[]): TrackInfo['pixelAspect'] {
  const box = children.findLast(({ type }) => type === 'pasp')
  if (box === undefined) return undefined
  const body = readBody(window, box, 8)
  const [across, down] = [body.readUInt32BE(0), body.readUInt32BE(4)]
  return across === 0 || down === 0 ? undefined : { across, down }
}

/**
 * Reads the last coded `colr` box (section 12.1.5): `nclx`, or `nclc` of QuickTime, which has no range. An ICC
 * profile alone is not a coded colour.
 */
function readColour (window: Window, children: readonly Box[]): ColourTag | undefined {
  let colour: ColourTag | undefined
  for (const box of children) {
    if (box.type !== 'colr') continue
    const body = readBody(window, box, 4)
    const kind = body.toString('latin1', 0, 4)
    if ((kind !== 'nclx' && kind !== 'nclc') || body.length < 10) continue
    colour = {
      primaries: body.readUInt16BE(4),
      transfer: body.readUInt16BE(6),
      matrix: body.readUInt16BE(8),
      isFullRange: kind === 'nclx' && body.length > 10 && body.readUInt8(10) >= 0x80
    }
  }
  return colour
}
