import type { CropPlan } from './exact-crop.ts'
import { box, u32 } from './mp4-builder.ts'

/**
 * Returns an MP4, whose media precede its movie, with a clean aperture (ISO/IEC 14496-12, section 12.1.4) in its first
 * video track.
 */
export function addCleanAperture (
  file: Buffer,
  whole: { readonly width: number, readonly height: number },
  { left, right, top, bottom }: CropPlan
): Buffer {
  // Offsets of the centre, in half pixels.
  const aperture = box('clap', u32(
    whole.width - left - right, 1, whole.height - top - bottom, 1, left - right, 2, top - bottom, 2
  ))
  const containers = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']
  const starts = containers.reduce<number[]>((found, type) => [...found, file.indexOf(type, found.at(-1)) - 4], [])
  const entry = starts.at(-1)! + 16
  const end = entry + file.readUInt32BE(entry)
  const grown = Buffer.concat([file.subarray(0, end), aperture, file.subarray(end)])
  for (const start of [...starts, entry]) grown.writeUInt32BE(file.readUInt32BE(start) + aperture.length, start)
  return grown
}

const COLOUR = 0x55b0

/**
 * Returns a Matroska file with PixelCrop elements (RFC 9559, section 5.1.4.1.28.8) in place of the Colour element of
 * its only video track, whose length they must not exceed.
 */
export function addPixelCrop (file: Buffer, { left, right, top, bottom }: CropPlan): Buffer {
  const changed = Buffer.from(file)
  const tracks = changed.indexOf(Buffer.from([0x16, 0x54, 0xae, 0x6b]))
  const at = changed.indexOf(Buffer.from([COLOUR >>> 8, COLOUR & 0xff]), tracks)
  const length = 3 + (changed.readUInt8(at + 2) & 0x7f)
  const elements = Buffer.from([
    0x54, 0xaa, 0x81, bottom, 0x54, 0xbb, 0x81, top, 0x54, 0xcc, 0x81, left, 0x54, 0xdd, 0x81, right
  ])
  const rest = length - elements.length
  if (at === -1 || rest < 2) throw new Error('The file has no Colour element that is long enough.')
  elements.copy(changed, at)
  Buffer.from([0xec, 0x80 + rest - 2]).copy(changed, at + elements.length)
  return changed
}
