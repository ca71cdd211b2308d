/** Decoded pixels: rows from the top, 8 bits per channel, sRGB. */
export interface Picture {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
}

const END_OF_HEADER = 'ENDHDR\n'
/** ffmpeg's PAM header takes under 100 bytes. */
const MAX_HEADER_BYTES = 512

/**
 * Parses consecutive PAM files (netpbm's pam(5)), as ffmpeg writes them to a pipe.
 *
 * @returns undefined if the bytes are anything but complete pictures
 */
export function parsePam (data: Buffer): Picture[] | undefined {
  const pictures: Picture[] = []
  for (let at = 0; at < data.length;) {
    const header = data.toString('latin1', at, at + MAX_HEADER_BYTES)
    const headerBytes = header.indexOf(END_OF_HEADER) + END_OF_HEADER.length
    const [, width = 0, height = 0, channels = 0, maximum] =
      /^P7\nWIDTH (\d+)\nHEIGHT (\d+)\nDEPTH ([34])\nMAXVAL (\d+)\nTUPLTYPE \w+\nENDHDR\n/.exec(header)?.map(Number) ??
      []
    const size = width * height * channels
    if (size === 0 || maximum !== 255) return undefined
    const pixels = data.subarray(at + headerBytes, at + headerBytes + size)
    if (pixels.length !== size) return undefined
    pictures.push({ data: pixels, width, height, channels: channels === 4 ? 4 : 3 })
    at += headerBytes + size
  }
  return pictures
}
