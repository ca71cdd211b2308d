import type { DolbyVision } from '../../media/dolby-vision.ts'
import type { LibavStream } from './libav-binding.ts'

/** AV_PKT_DATA_DISPLAYMATRIX and AV_PKT_DATA_DOVI_CONF. */
const DISPLAY_MATRIX = 5
const DOLBY_VISION = 29

/** The rotation of a display matrix (ISO/IEC 14496-12, section 6.2.2). */
export interface DisplayMatrix {
  /** Degrees, in the direction of av_display_rotation_get. */
  readonly anticlockwise: number
  readonly a: number
  readonly c: number
  readonly d: number
}

/** Parses a display matrix in the layout of libav; undefined if there is none or it does not rotate. */
export function parseMatrix (data: Buffer | null): DisplayMatrix | undefined {
  if (data === null || data.length < 36) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = [0, 4, 12, 16].map((at) => data.readInt32LE(at) / 65536)
  const across = Math.hypot(a, c)
  const down = Math.hypot(b, d)
  if (across === 0 || down === 0) return undefined
  return { anticlockwise: (-Math.atan2(b / down, a / across) * 180) / Math.PI, a, c, d }
}

/** Returns the display matrix of a track. */
export function readMatrix ({ codecpar }: LibavStream): DisplayMatrix | undefined {
  return parseMatrix(codecpar.getCodedSideData(DISPLAY_MATRIX))
}

/**
 * Returns the clockwise rotation that makes the coded picture upright, from the display matrix of the track: 0, 90,
 * 180 or 270 degrees.
 */
export function readRotation (stream: LibavStream): number {
  return (360 - Math.round((readMatrix(stream)?.anticlockwise ?? 0) / 90) * 90) % 360
}

/** Returns the Dolby Vision configuration of the track; undefined if there is none. */
export function readDolbyVision ({ codecpar }: LibavStream): DolbyVision | undefined {
  const record = codecpar.getCodedSideData(DOLBY_VISION)
  // AVDOVIDecoderConfigurationRecord: a byte each for version, revision, profile, level, three flags, compatibility.
  if (record === null || record.length < 8) return undefined
  return { profile: record.readUInt8(2), compatibility: record.readUInt8(7) }
}

/** Returns whether the track has a separate alpha channel (RFC 9559, `AlphaMode`). */
export function hasAlphaBeside ({ metadata }: LibavStream): boolean {
  return Object.entries(metadata?.getAll() ?? {}).some(
    ([name, value]) => name.toLowerCase() === 'alpha_mode' && value === '1'
  )
}
