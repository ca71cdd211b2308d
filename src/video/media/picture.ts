/** Decoded pixels: rows from the top, 8 bits a channel, sRGB. */
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
 * Takes pictures out of a run of PAM files (netpbm's pam(5)), as ffmpeg writes them to a pipe. A picture is taken
 * only if it is whole.
 *
 * @returns undefined where the bytes are anything but whole pictures
 */
export function parsePam (bytes: Buffer): Picture[] | undefined {
  const pictures: Picture[] = []
  for (let at = 0; at < bytes.length;) {
    const header = bytes.toString('latin1', at, at + MAX_HEADER_BYTES)
    const headerBytes = header.indexOf(END_OF_HEADER) + END_OF_HEADER.length
    const [, width = 0, height = 0, channels = 0, maximum] =
      /^P7\nWIDTH (\d+)\nHEIGHT (\d+)\nDEPTH ([34])\nMAXVAL (\d+)\nTUPLTYPE \w+\nENDHDR\n/.exec(header)?.map(Number) ??
      []
    const size = width * height * channels
    if (size === 0 || maximum !== 255) return undefined
    const data = bytes.subarray(at + headerBytes, at + headerBytes + size)
    if (data.length !== size) return undefined
    pictures.push({ data, width, height, channels: channels === 4 ? 4 : 3 })
    at += headerBytes + size
  }
  return pictures
}
