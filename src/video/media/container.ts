import { open } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'

/** A kind of container that Posterframe reads: its name in answers, and the one ffmpeg demuxer that may open it. */
export interface Container {
  readonly name: 'mp4' | 'mov' | 'matroska' | 'webm' | 'avi' | 'flv' | 'asf' | 'mpegps' | 'mpegts' | 'ogg'
  readonly demuxer: string
  /** Whether the timeline starts at 0 whatever the first frame's time (ISO BMFF: the movie timeline). */
  readonly startsAtZero: boolean
}

/** How many bytes of the head of a file `detectContainer` wants. */
export const HEAD_BYTES = 4096

const BMFF_FIRST_BOXES = new Set([
  'ftyp',
  'styp',
  'moov',
  'moof',
  'mdat',
  'free',
  'skip',
  'wide',
  'pnot',
  'sidx',
  'uuid'
])
/** Brands of still images (ISO/IEC 23008-12): the same boxes, but a picture. */
const IMAGE_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'mif1', 'avif', 'jpeg', 'crx '])
const ASF_HEADER = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex')

const container = (name: Container['name'], demuxer: string, startsAtZero = false): Container => ({
  name,
  demuxer,
  startsAtZero
})

/**
 * Tells the container by its first bytes, never by its name: the name is the sender's, and ffmpeg left to choose
 * would open playlists, images and text.
 *
 * @throws PosterframeError `unsupported_media`
 */
export function requireContainer (head: Buffer): Container {
  const detected = detectContainer(head)
  if (detected !== undefined) return detected
  throw new PosterframeError('unsupported_media', {
    detail: head.length === 0 ? 'The file is empty.' : 'The file does not begin like a video container.'
  })
}

/** As `requireContainer`, but undefined where it is none that Posterframe reads. */
export function detectContainer (head: Buffer): Container | undefined {
  if (head.length < 16) return undefined
  const magic = head.toString('latin1', 0, 12)
  if (isBmff(head)) return detectBmff(head)
  if (head.readUInt32BE(0) === 0x1a45dfa3) {
    return head.toString('latin1', 0, 64).includes('webm')
      ? container('webm', 'matroska')
      : container('matroska', 'matroska')
  }
  if (magic.startsWith('RIFF') && magic.slice(8) === 'AVI ') return container('avi', 'avi')
  if (magic.startsWith('FLV')) return container('flv', 'flv')
  if (head.subarray(0, 16).equals(ASF_HEADER)) return container('asf', 'asf')
  if (head.readUInt32BE(0) === 0x000001ba) return container('mpegps', 'mpeg')
  if (magic.startsWith('OggS')) return container('ogg', 'ogg')
  if (isTransportStream(head)) return container('mpegts', 'mpegts')
  return undefined
}

/**
 * Tells the container of a file on scratch.
 *
 * @throws PosterframeError `unsupported_media`
 */
export async function detectFileContainer (path: string): Promise<Container> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return requireContainer(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

function isBmff (head: Buffer): boolean {
  const size = head.readUInt32BE(0)
  return BMFF_FIRST_BOXES.has(head.toString('latin1', 4, 8)) && (size === 0 || size === 1 || size >= 8)
}

function detectBmff (head: Buffer): Container | undefined {
  if (head.toString('latin1', 4, 8) !== 'ftyp') return container('mov', 'mov', true)
  const brand = head.toString('latin1', 8, 12)
  if (IMAGE_BRANDS.has(brand)) return undefined
  return container(brand === 'qt  ' ? 'mov' : 'mp4', 'mov', true)
}

/** Packets of 188 bytes, or of 192 with a time code in front (ISO/IEC 13818-1, section 2.4.3; Blu-ray's M2TS). */
function isTransportStream (head: Buffer): boolean {
  return [
    [188, 0],
    [192, 4]
  ].some(([step = 188, first = 0]) => {
    let syncs = 0
    for (let at = first; at < head.length; at += step) {
      if (head[at] !== 0x47) return false
      syncs++
    }
    return syncs >= 3
  })
}
