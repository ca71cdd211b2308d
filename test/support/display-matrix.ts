/** The four numbers that rotate and mirror, of a display matrix (ISO/IEC 14496-12, section 6.2.2). */
export type Turn = readonly [a: number, b: number, c: number, d: number]

export const QUARTER_CLOCKWISE: Turn = [0, 1, -1, 0]
export const HALF: Turn = [-1, 0, 0, -1]
export const MIRRORED_QUARTER: Turn = [0, 1, 1, 0]

/** Offset of the matrix from the type of a `tkhd` of version 0. */
const MATRIX_AT = 44

/** Returns an MP4 with another display matrix in its first track. */
export function setDisplayMatrix (file: Buffer, [a, b, c, d]: Turn): Buffer {
  const turned = Buffer.from(file)
  const start = turned.indexOf('tkhd', turned.indexOf('moov')) + MATRIX_AT
  for (const [place, value] of [a, b, 0, c, d, 0, 0, 0].entries()) {
    turned.writeInt32BE(value * 0x10000, start + 4 * place)
  }
  return turned
}
