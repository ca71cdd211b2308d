import { type DolbyVision, parseDolbyVision } from '../../media/dolby-vision.ts'
import { type ContentEncoding, decodePrivate, readContentEncodings } from './content-encoding.ts'
import { listElements, mapElements, readFloat, readUnsigned } from './ebml.ts'

/** The ids of the elements that describe a track (RFC 9559, section 5.1.4). */
const ID = {
  trackNumber: 0xd7,
  trackType: 0x83,
  flagEnabled: 0xb9,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  defaultDuration: 0x23e383,
  codecDelay: 0x56aa,
  trackTimestampScale: 0x23314f,
  trackOperation: 0xe2,
  contentEncodings: 0x6d80,
  blockAdditionMapping: 0x41e4,
  blockAddIdType: 0x41e7,
  blockAddIdExtraData: 0x41ed,
  video: 0xe0,
  flagInterlaced: 0x9a,
  stereoMode: 0x53b8,
  alphaMode: 0x53c0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  pixelCropBottom: 0x54aa,
  pixelCropTop: 0x54bb,
  pixelCropLeft: 0x54cc,
  pixelCropRight: 0x54dd,
  displayWidth: 0x54b0,
  displayHeight: 0x54ba,
  displayUnit: 0x54b2,
  colour: 0x55b0,
  matrixCoefficients: 0x55b1,
  range: 0x55b9,
  transfer: 0x55ba,
  primaries: 0x55bb,
  projection: 0x7670,
  projectionType: 0x7671,
  poseYaw: 0x7673,
  posePitch: 0x7674,
  poseRoll: 0x7675,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  channels: 0x9f,
  language: 0x22b59c,
  languageBcp47: 0x22b59d
} as const

/** A track as its `TrackEntry` describes it; times in nanoseconds, defaults filled in. */
export interface MatroskaTrack {
  readonly number: number
  readonly kind: 'video' | 'audio' | 'other'
  readonly isEnabled: boolean
  readonly codecId: string
  readonly codecPrivate: Buffer
  /** 0 if the track does not state it. */
  readonly defaultDurationNs: number
  readonly codecDelayNs: number
  readonly timestampScale: number
  /** How its blocks are stored; undefined if they are the frames themselves. */
  readonly encoding: ContentEncoding | undefined
  readonly isEncrypted: boolean
  /** True if it is composed of other tracks. */
  readonly isComposite: boolean
  readonly samplingHz: number
  readonly channels: number
  /** BCP 47 if the track states it, else ISO 639-2; `und` if it is unknown. */
  readonly language: string
  /** Undefined if the track is not of Dolby Vision. */
  readonly dolbyVision: DolbyVision | undefined
  readonly video: MatroskaVideo | undefined
}

/** The picture of a track; 0 for what is not stated. */
export interface MatroskaVideo {
  readonly width: number
  readonly height: number
  readonly displayWidth: number
  readonly displayHeight: number
  readonly displayUnit: number
  /** Pixels that `PixelCrop` elements remove, across and down. */
  readonly croppedAcross: number
  readonly croppedDown: number
  /** 0 unknown, 1 interlaced, 2 progressive. */
  readonly interlaced: number
  readonly stereoMode: number
  /** True if blocks may come with an alpha channel. Browsers set it in any case. */
  readonly hasAlpha: boolean
  readonly colour:
    | { readonly primaries: number, readonly transfer: number, readonly matrix: number, readonly range: number }
    | undefined
  readonly projection:
    { readonly type: number, readonly yaw: number, readonly pitch: number, readonly roll: number } | undefined
}

/** Reads the body of a `TrackEntry`. */
export function readTrackEntry (body: Buffer): MatroskaTrack {
  const track = mapElements(body)
  const { encoding, isEncrypted } = readContentEncodings(track.get(ID.contentEncodings))
  const video = track.get(ID.video)
  const audio = mapElements(track.get(ID.audio) ?? Buffer.alloc(0))
  return {
    number: readUnsigned(track.get(ID.trackNumber), 0),
    kind: ({ 1: 'video', 2: 'audio' } as const)[readUnsigned(track.get(ID.trackType), 0)] ?? 'other',
    isEnabled: readUnsigned(track.get(ID.flagEnabled), 1) !== 0,
    codecId: readText(track.get(ID.codecId)),
    codecPrivate: decodePrivate(encoding, track.get(ID.codecPrivate) ?? Buffer.alloc(0)),
    defaultDurationNs: readUnsigned(track.get(ID.defaultDuration), 0),
    codecDelayNs: readUnsigned(track.get(ID.codecDelay), 0),
    timestampScale: readFloat(track.get(ID.trackTimestampScale), 1),
    encoding,
    isEncrypted,
    isComposite: track.has(ID.trackOperation),
    samplingHz: readFloat(audio.get(ID.samplingFrequency), 8000),
    channels: readUnsigned(audio.get(ID.channels), 1),
    // The default of RFC 9559 is English, but most writers that leave it out do not mean that.
    language: readText(track.get(ID.languageBcp47) ?? track.get(ID.language)) || 'und',
    dolbyVision: readDolbyVision(body),
    video: video === undefined ? undefined : readVideo(video)
  }
}

function readText (body: Buffer | undefined): string {
  return body?.toString('latin1').replace(/\0.*$/s, '') ?? ''
}

/**
 * Types of the additions that hold a Dolby Vision configuration: dvcC, dvvC, dvwC (Matroska, block additional
 * mappings).
 */
const DOLBY_VISION_TYPES = new Set([0x64766343, 0x64767643, 0x64767743])

function readDolbyVision (body: Buffer): DolbyVision | undefined {
  const mappings = listElements(body)
    .filter(({ id }) => id === ID.blockAdditionMapping)
    .map((mapping) => mapElements(mapping.body))
  const mapping = mappings.find((elements) => DOLBY_VISION_TYPES.has(readUnsigned(elements.get(ID.blockAddIdType), 0)))
  return parseDolbyVision(mapping?.get(ID.blockAddIdExtraData) ?? Buffer.alloc(0))
}

function readVideo (body: Buffer): MatroskaVideo {
  const video = mapElements(body)
  const number = (id: number) => readUnsigned(video.get(id), 0)
  return {
    width: number(ID.pixelWidth),
    height: number(ID.pixelHeight),
    displayWidth: number(ID.displayWidth),
    displayHeight: number(ID.displayHeight),
    displayUnit: number(ID.displayUnit),
    croppedAcross: number(ID.pixelCropLeft) + number(ID.pixelCropRight),
    croppedDown: number(ID.pixelCropTop) + number(ID.pixelCropBottom),
    interlaced: number(ID.flagInterlaced),
    stereoMode: number(ID.stereoMode),
    hasAlpha: number(ID.alphaMode) === 1,
    colour: readColour(video.get(ID.colour)),
    projection: readProjection(video.get(ID.projection))
  }
}

function readColour (body: Buffer | undefined): MatroskaVideo['colour'] {
  if (body === undefined) return undefined
  const colour = mapElements(body)
  return {
    primaries: readUnsigned(colour.get(ID.primaries), 2),
    transfer: readUnsigned(colour.get(ID.transfer), 2),
    matrix: readUnsigned(colour.get(ID.matrixCoefficients), 2),
    range: readUnsigned(colour.get(ID.range), 0)
  }
}

function readProjection (body: Buffer | undefined): MatroskaVideo['projection'] {
  if (body === undefined) return undefined
  const projection = mapElements(body)
  return {
    type: readUnsigned(projection.get(ID.projectionType), 0),
    yaw: readFloat(projection.get(ID.poseYaw), 0),
    pitch: readFloat(projection.get(ID.posePitch), 0),
    roll: readFloat(projection.get(ID.poseRoll), 0)
  }
}
