import { open } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'
import { type Container, CONTAINERS } from '../media/container.ts'

/** Bytes of the head of a file that `detectContainer` needs. */
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
/** Brands of still images (ISO/IEC 23008-12), which consist of the same boxes. */
const IMAGE_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'mif1', 'avif', 'jpeg', 'crx '])
const ASF_HEADER = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex')

/**
 * Detects the container by its first bytes. A file name or a content type is never considered: the sender chooses
 * them, and ffmpeg, left to guess, would open playlists, images and text.
 *
 * @throws PosterframeError `unsupported_media`
 */
export function requireContainer (head: Buffer): Container {
  const detected = detectContainer(head)
  if (detected !== undefined) return detected
  throw new PosterframeError('unsupported_media', {
    detail:
      head.length === 0
        ? 'The file is empty. Upload the video again.'
        : 'The first bytes of the file are not those of a supported container: ' +
          'MP4, MOV, Matroska, WebM, AVI, FLV, ASF, MPEG-PS, MPEG-TS or Ogg. Check that it is the right file.'
  })
}

/** Like `requireContainer`, but returns undefined if the container is not supported. */
export function detectContainer (head: Buffer): Container | undefined {
  if (head.length < 16) return undefined
  const magic = head.toString('latin1', 0, 12)
  if (isBmff(head)) return detectBmff(head)
  if (head.readUInt32BE(0) === 0x1a45dfa3) {
    return head.toString('latin1', 0, 64).includes('webm') ? CONTAINERS.webm : CONTAINERS.matroska
  }
  if (magic.startsWith('RIFF') && magic.slice(8) === 'AVI ') return CONTAINERS.avi
  if (magic.startsWith('FLV')) return CONTAINERS.flv
  if (head.subarray(0, 16).equals(ASF_HEADER)) return CONTAINERS.asf
  if (head.readUInt32BE(0) === 0x000001ba) return CONTAINERS.mpegps
  if (magic.startsWith('OggS')) return CONTAINERS.ogg
  if (isTransportStream(head)) return CONTAINERS.mpegts
  return undefined
}

/**
 * Detects the container of a file on scratch.
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
  if (head.toString('latin1', 4, 8) !== 'ftyp') return CONTAINERS.mov
  const brand = head.toString('latin1', 8, 12)
  if (IMAGE_BRANDS.has(brand)) return undefined
  return brand === 'qt  ' ? CONTAINERS.mov : CONTAINERS.mp4
}

/** Packets of 188 bytes, or of 192 with a time code in front (ISO/IEC 13818-1, section 2.4.3; Blu-ray's M2TS). */
function isTransportStream (head: Buffer): boolean {
  return [
    [188, 0],
    [192, 4]
  ].some(([packetBytes = 188, first = 0]) => {
    let syncs = 0
    for (let at = first; at < head.length; at += packetBytes) {
      if (head[at] !== 0x47) return false
      syncs++
    }
    return syncs >= 3
  })
}
