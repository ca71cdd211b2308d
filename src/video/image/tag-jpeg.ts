import sharp from 'sharp'

const SOI_BYTES = 2
let profileSegment: Promise<Buffer> | undefined

/**
 * Says in a JPEG that its pixels are sRGB, as `withIccProfile` does, to the byte: sharp would also convert every
 * pixel from sRGB to sRGB, which takes longer than to encode it.
 *
 * @param jpeg without a profile
 */
export async function tagJpeg (jpeg: Buffer): Promise<Buffer> {
  profileSegment ??= readProfileSegment()
  return Buffer.concat([jpeg.subarray(0, SOI_BYTES), await profileSegment, jpeg.subarray(SOI_BYTES)])
}

/**
 * The APP2 segment with the profile (ICC.1, annex B.4), which sharp puts first of all: its length stands behind the
 * marker.
 */
async function readProfileSegment (): Promise<Buffer> {
  const jpeg = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000000' } })
    .withIccProfile('srgb')
    .jpeg()
    .toBuffer()
  if (jpeg.readUInt16BE(SOI_BYTES) !== 0xffe2) throw new Error('the profile of a JPEG is not where it was')
  return jpeg.subarray(SOI_BYTES, SOI_BYTES + 2 + jpeg.readUInt16BE(SOI_BYTES + 2))
}
