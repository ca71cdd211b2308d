import sharp from 'sharp'

const SOI_BYTES = 2
let profileSegment: Promise<Buffer> | undefined

/**
 * Adds an sRGB profile to a JPEG. The result equals that of sharp's `withIccProfile` to the byte, but sharp also
 * converts every pixel from sRGB to sRGB, which takes longer than encoding.
 *
 * @param jpeg without a profile
 */
export async function tagJpeg (jpeg: Buffer): Promise<Buffer> {
  profileSegment ??= readProfileSegment().catch((error: unknown) => {
    // For want of memory or a thread; the next picture tries again.
    profileSegment = undefined
    throw error
  })
  return Buffer.concat([jpeg.subarray(0, SOI_BYTES), await profileSegment, jpeg.subarray(SOI_BYTES)])
}

/**
 * Returns the APP2 segment with the profile (ICC.1, annex B.4), which sharp writes before all other segments. Its
 * length follows the marker.
 */
async function readProfileSegment (): Promise<Buffer> {
  const jpeg = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000000' } })
    .withIccProfile('srgb')
    .jpeg()
    .toBuffer()
  if (jpeg.readUInt16BE(SOI_BYTES) !== 0xffe2) throw new Error('sharp did not write the profile first')
  return jpeg.subarray(SOI_BYTES, SOI_BYTES + 2 + jpeg.readUInt16BE(SOI_BYTES + 2))
}
