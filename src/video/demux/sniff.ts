import { open } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'
import { CONTAINER_LABELS } from '../../options/containers.ts'
import { type Container, CONTAINERS } from '../media/container.ts'
import type { ByteReader } from '../source/byte-source.ts'
import { detectAnimation } from './sniff/animated-picture.ts'
import { detectElementaryStream } from './sniff/elementary-stream.ts'
import { detectBoxes, detectBoxesOf } from './sniff/first-boxes.ts'
import { hasTransportStream, startsTransportStream } from './sniff/transport-stream.ts'

/** Bytes of the head of a file that show most containers, and those that show the others. */
const HEAD_BYTES = 4096
const MORE_BYTES = 65_536

const ASF_HEADER = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex')
/** Key of a header partition (SMPTE ST 377-1, section 7.1), which at most 64 KiB of other bytes precede. */
const MXF_HEADER = Buffer.from('060e2b34020501010d0102010102', 'hex')

/**
 * Detects the container by the bytes of a source: its first 4 KiB, or 64 KiB if these do not show it, or the headers of
 * its first boxes. A file name or a content type is never considered: the sender chooses them, and ffmpeg, left to
 * guess, would open playlists, images and text.
 *
 * @throws PosterframeError `unsupported_media`; as the source
 */
export async function requireContainer (source: ByteReader): Promise<Container> {
  for (const bytes of [HEAD_BYTES, MORE_BYTES]) {
    const head = await source.read(0, Math.min(bytes, source.size))
    const detected = detectContainer(head)
    if (detected !== undefined) return detected
    if (source.size <= bytes) break
  }
  const boxes = source.size > MORE_BYTES ? await detectBoxesOf(source) : undefined
  if (boxes !== undefined) return CONTAINERS[boxes]
  throw new PosterframeError('unsupported_media', {
    detail:
      source.size === 0
        ? 'The file is empty. Upload the video again.'
        : 'The first bytes of the file are not those of a supported container: ' +
          `${CONTAINER_LABELS}. Check that it is the right file.`
  })
}

/** Returns the container that the first bytes of a file show; undefined if they show none that is supported. */
export function detectContainer (head: Buffer): Container | undefined {
  if (head.length < 16) return undefined
  const magic = head.toString('latin1', 0, 12)
  const boxes = detectBoxes(head)
  if (boxes === 'mp4' || boxes === 'mov') return CONTAINERS[boxes]
  if (head.readUInt32BE(0) === 0x1a45dfa3) {
    return head.toString('latin1', 0, 64).includes('webm') ? CONTAINERS.webm : CONTAINERS.matroska
  }
  if (magic.startsWith('RIFF') && magic.slice(8) === 'AVI ') return CONTAINERS.avi
  if (magic.startsWith('FLV')) return CONTAINERS.flv
  if (head.subarray(0, 16).equals(ASF_HEADER)) return CONTAINERS.asf
  if (head.readUInt32BE(0) === 0x000001ba) return CONTAINERS.mpegps
  if (magic.startsWith('OggS')) return CONTAINERS.ogg
  if (startsTransportStream(head)) return CONTAINERS.mpegts
  const stream = detectElementaryStream(head) ?? detectAnimation(head)
  if (stream !== undefined) return CONTAINERS[stream]
  // Bytes of another kind may precede these two.
  if (head.includes(MXF_HEADER)) return CONTAINERS.mxf
  const isOther = OTHER_FILES.some((start) => magic.startsWith(start))
  return isOther || !hasTransportStream(head) ? undefined : CONTAINERS.mpegts
}

/** First bytes of JPEG, PNG, GIF, WebP and sound, and archives, which have bytes of every kind in them. */
const OTHER_FILES = ['\xff\xd8\xff', '\x89PNG', 'GIF8', 'RIFF', 'PK\x03\x04']

/**
 * Detects the container of a file on scratch.
 *
 * @throws PosterframeError `unsupported_media`
 */
export async function detectFileContainer (path: string): Promise<Container> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    return await requireContainer({
      size,
      async read (start, end) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
        return buffer.subarray(0, bytesRead)
      }
    })
  } finally {
    await file.close()
  }
}
