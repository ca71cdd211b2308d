import type { ContainerName } from '../../../options/containers.ts'

/**
 * Returns the format of an animation that bytes begin with; undefined for a still picture, and if the bytes do not show
 * that it is animated. Animated WebP is not in the list, since not all decoders have a demuxer for it.
 */
export function detectAnimation (head: Buffer): ContainerName | undefined {
  if (/^GIF8[79]a$/.test(head.toString('latin1', 0, 6))) return isAnimatedGif(head) ? 'gif' : undefined
  return head.subarray(0, 8).equals(PNG) && isAnimatedPng(head) ? 'apng' : undefined
}

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** An animation control chunk of two or more frames before the first data of the picture (PNG, section 11.3.6.1). */
function isAnimatedPng (head: Buffer): boolean {
  for (let at = PNG.length; at + 12 <= head.length;) {
    const type = head.toString('latin1', at + 4, at + 8)
    if (type === 'acTL') return head.readUInt32BE(at + 8) >= 2
    if (type === 'IDAT') return false
    at += 12 + head.readUInt32BE(at)
  }
  return false
}

const EXTENSION = 0x21
const GRAPHIC_CONTROL = 0xf9
const APPLICATION = 0xff
const IMAGE = 0x2c

/**
 * A picture that is shown for some time, that repeats (the extension of Netscape), or that a second one follows
 * (GIF89a, sections 18 to 26).
 */
function isAnimatedGif (head: Buffer): boolean {
  let at = 13 + sizeOfColours(head[10])
  for (let images = 0; at + 1 < head.length;) {
    const kind = head[at]
    if (kind === IMAGE) {
      if (++images === 2) return true
      at = skipBlocks(head, at + 11 + sizeOfColours(head[at + 9]))
    } else if (kind === EXTENSION) {
      const label = head[at + 1]
      if (label === GRAPHIC_CONTROL && at + 6 <= head.length && head.readUInt16LE(at + 4) > 0) return true
      const name = head.toString('latin1', at + 3, at + 14)
      if (label === APPLICATION && (name === 'NETSCAPE2.0' || name === 'ANIMEXTS1.0')) return true
      at = skipBlocks(head, at + 2)
    } else return false
  }
  return false
}

/** Returns the size of the colour table that the flags of a screen or of an image announce. */
function sizeOfColours (flags = 0): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1)
}

/** Returns the end of a series of blocks, each of which begins with its size; the last one is empty. */
function skipBlocks (head: Buffer, start: number): number {
  let at = start
  while (at < head.length && head[at] !== 0) at += head[at]! + 1
  return at + 1
}
