import { PosterframeError } from '../../../errors.ts'
import { type Box, type Window, iterateBoxes, readBody, readBox } from './box.ts'
import { readColour } from './colour-box.ts'
import { checkDolbyVision } from './dolby-vision-box.ts'
import type { Track } from './track.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { VideoCodec, ColourTag, TrackInfo } from '../../media/track.ts'

/** The sample description of a video track (ISO/IEC 14496-12, section 12.1.3). */
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
  /** Box type of the decoder configuration, and whether it may be missing. */
  readonly config: string
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

/** Size of the headers of the box, the sample entry and the visual sample entry; boxes follow. */
const ENTRY_BYTES = 86
const CONFIG_BOXES = new Set(Object.values(ENTRIES).map(({ config }) => config))

/**
 * Reads the sample description of a video track.
 *
 * @throws PosterframeError `encrypted_video`; `unsupported_media` if the samples are in another file
 * @throws RangedExtractionError unless there is exactly one, of a codec and shape that a remuxed segment supports
 */
export function readSampleDescription ({ boxes }: Track): SampleDescription {
  const stsd = boxes.require('stsd', 8)
  const window = { offset: 0, data: stsd }
  if (stsd.readUInt32BE(4) !== 1) {
    throw new RangedExtractionError('the track does not have exactly one sample description')
  }
  const entry = readBox(window, 8, stsd.length)
  if (entry.end - entry.start < ENTRY_BYTES) throw new RangedExtractionError('a sample entry is cut short')
  const children = [...iterateBoxes(window, entry.start + ENTRY_BYTES, entry.end)]
  if (entry.type === 'encv' || children.some(({ type }) => type === 'sinf')) {
    throw new PosterframeError('encrypted_video')
  }
  const known = ENTRIES[entry.type]
  if (known === undefined) throw new RangedExtractionError(`a remuxed segment does not support ${entry.type}`)
  checkDataReference(boxes.require('dref', 8), stsd.readUInt16BE(entry.start + 14))
  const size = { width: stsd.readUInt16BE(entry.start + 32), height: stsd.readUInt16BE(entry.start + 34) }
  checkDolbyVision(window, children, entry.type)
  checkAperture(window, children, size)
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
 * Checks the data reference (section 8.7.2): the samples must be in the file itself. A reference to another file,
 * which ffmpeg might follow, is an attack or useless here.
 */
function checkDataReference (dref: Buffer, index: number): void {
  const window = { offset: 0, data: dref }
  const reference = [...iterateBoxes(window, 8, dref.length)][index - 1]
  if (reference === undefined) throw new RangedExtractionError('the data reference is missing')
  const body = readBody(window, reference, 4)
  if ((body.readUInt8(3) & 1) === 1) return
  if (body.length === 4) throw new RangedExtractionError('the data reference is empty')
  throw new PosterframeError('unsupported_media', {
    detail: 'The samples of the video are in another file. Use a self-contained file.'
  })
}

/**
 * Checks the clean aperture (`clap`, section 12.1.4.2), which may crop the picture: neither the remuxed segment nor
 * ffmpeg applies it.
 */
function checkAperture (
  window: Window,
  children: readonly Box[],
  { width, height }: { width: number, height: number }
): void {
  const box = children.find(({ type }) => type === 'clap')
  if (box === undefined) return
  const body = readBody(window, box, 32)
  const [across = 0, acrossBy = 0, down = 0, downBy = 0] = [0, 4, 8, 12].map((at) => body.readUInt32BE(at))
  if (across !== width * acrossBy || down !== height * downBy) {
    throw new RangedExtractionError('a clean aperture crops the picture')
  }
}

/** Reads the pixel aspect ratio (section 12.1.4.1); a spacing of 0 is ignored. */
function readPixelAspect (window: Window, children: readonly Box[]): TrackInfo['pixelAspect'] {
  const box = children.findLast(({ type }) => type === 'pasp')
  if (box === undefined) return undefined
  const body = readBody(window, box, 8)
  const [across, down] = [body.readUInt32BE(0), body.readUInt32BE(4)]
  return across === 0 || down === 0 ? undefined : { across, down }
}
