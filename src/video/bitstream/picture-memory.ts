import { BitReader } from './bit-reader.ts'
import { addParameterSet, readParameterSets } from './h264-headers.ts'
import { readHevcSequences } from './hevc-headers.ts'
import { iterateNalUnits, readLengthBytes } from './nal-units.ts'
import type { TrackInfo } from '../media/track.ts'

/** Memory that the decoder of a video takes for pictures. */
export interface PictureMemory {
  /** Pixels of a coded picture. */
  readonly pixels: number
  readonly bytesPerPixel: number
  /** Pictures that a decoder with one thread holds at once. */
  readonly heldPictures: number
}

/** Samples of a pixel by chroma format: grey, 4:2:0, 4:2:2, 4:4:4. */
const SAMPLES = [1, 1.5, 2, 3] as const
/**
 * References that encoders of VP8, VP9 and AV1 use, and the current picture. The formats allow more, which the limits
 * of the process bound.
 */
const VPX_PICTURES = 5
/** Pictures of H.264 besides the references: the current one, and two that wait for their turn to be shown. */
const AVC_EXTRA_PICTURES = 3

/**
 * Reads from the bitstream how much memory decoding takes. The size that the container states counts only if it is
 * larger.
 *
 * @param packet a key frame
 * @throws RangedExtractionError if a header is malformed
 */
export function readPictureMemory (info: TrackInfo, packet: Buffer): PictureMemory {
  const known = { pixels: info.width * info.height, heldPictures: VPX_PICTURES }
  switch (info.codec) {
    case 'h264':
      return largest(known.pixels, readAvc(info, packet))
    case 'hevc':
      return largest(
        known.pixels,
        readHevcSequences(info.codecConfig, packet).map((sequence) => ({
          pixels: sequence.width * sequence.height,
          bytesPerPixel: bytesOf(sequence.chromaFormat, sequence.bitDepth),
          heldPictures: sequence.storedPictures + sequence.reorderedPictures
        }))
      )
    case 'vp8':
      return { ...known, bytesPerPixel: bytesOf(1, 8) }
    case 'vp9':
      return { ...known, bytesPerPixel: readVp9Bytes(packet) }
    case 'av1':
      return { ...known, bytesPerPixel: readAv1Bytes(info.codecConfig) }
  }
}

function bytesOf (chromaFormat: number, bitDepth: number): number {
  return (SAMPLES[chromaFormat] ?? 3) * (bitDepth > 8 ? 2 : 1)
}

function readAvc (info: TrackInfo, packet: Buffer): PictureMemory[] {
  const sets = readParameterSets(info.codecConfig)
  for (const unit of iterateNalUnits(packet, readLengthBytes(info))) addParameterSet(sets, unit)
  return [...sets.sequences.values()].map(({ width, height, chromaFormat, bitDepth, referenceFrames }) => ({
    pixels: width * height,
    bytesPerPixel: bytesOf(chromaFormat, bitDepth),
    heldPictures: referenceFrames + AVC_EXTRA_PICTURES
  }))
}

/** Returns the parameters of all sequences together, at least those of the container. */
function largest (pixels: number, sequences: readonly PictureMemory[]): PictureMemory {
  const most = (name: keyof PictureMemory, least: number) =>
    Math.max(least, ...sequences.map((sequence) => sequence[name]))
  return {
    pixels: most('pixels', pixels),
    bytesPerPixel: most('bytesPerPixel', 1),
    heldPictures: most('heldPictures', 1)
  }
}

const RGB_SPACE = 7

/** Reads the colours of a VP9 key frame (VP9 bitstream specification, section 6.2.2). */
function readVp9Bytes (packet: Buffer): number {
  const bits = new BitReader(packet.subarray(0, 16))
  bits.readBits(2) // frame_marker
  const profile = bits.readBits(1) + bits.readBits(1) * 2
  if (profile === 3) bits.readFlag()
  bits.readBits(4) // show_existing_frame, frame_type, show_frame, error_resilient_mode
  bits.readBits(24) // frame_sync_code
  const bitDepth = profile >= 2 ? (bits.readFlag() ? 12 : 10) : 8
  if ((profile & 1) === 0) return bytesOf(1, bitDepth)
  if (bits.readBits(3) === RGB_SPACE) return bytesOf(3, bitDepth)
  bits.readFlag() // color_range
  const isHalfWidth = bits.readFlag()
  return bytesOf(isHalfWidth ? 2 : 3, bitDepth)
}

/** Reads the colours of `av1C` (AV1 in ISO base media files, section 2.3.3); without it, those of 10 bits in 4:2:0. */
function readAv1Bytes (av1C: Buffer): number {
  const flags = av1C[2] ?? 0b0100_1100
  const bitDepth = (flags & 0b0100_0000) === 0 ? 8 : 10
  if ((flags & 0b0001_0000) !== 0) return bytesOf(0, bitDepth)
  return bytesOf((flags & 0b1000) === 0 ? 3 : (flags & 0b0100) === 0 ? 2 : 1, bitDepth)
}
