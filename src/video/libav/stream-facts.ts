import type { DolbyVision } from '../dolby-vision.ts'
import type { LibavStream } from './libav-binding.ts'

/** AV_PKT_DATA_DISPLAYMATRIX and AV_PKT_DATA_DOVI_CONF. */
const DISPLAY_MATRIX = 5
const DOLBY_VISION = 29

/** Degrees clockwise that the coded picture must be turned to stand upright, by the track's display matrix: 0, 90, 180 or 270. */
export function readRotation ({ codecpar }: LibavStream): number {
  const matrix = codecpar.getCodedSideData(DISPLAY_MATRIX)
  if (matrix === null || matrix.length < 36) return 0
  const [a = 0, b = 0, , c = 0, d = 0] = [0, 4, 8, 12, 16].map((at) => matrix.readInt32LE(at) / 65536)
  const across = Math.hypot(a, c)
  const down = Math.hypot(b, d)
  if (across === 0 || down === 0) return 0
  // libav counts anticlockwise (av_display_rotation_get).
  const anticlockwise = -Math.atan2(b / down, a / across) * 180 / Math.PI
  return (360 - Math.round(anticlockwise / 90) * 90) % 360
}

/** The track's Dolby Vision configuration; undefined where there is none. */
export function readDolbyVision ({ codecpar }: LibavStream): DolbyVision | undefined {
  const record = codecpar.getCodedSideData(DOLBY_VISION)
  // AVDOVIDecoderConfigurationRecord: a byte each for version, revision, profile, level, three flags, compatibility.
  if (record === null || record.length < 8) return undefined
  return { profile: record.readUInt8(2), compatibility: record.readUInt8(7) }
}

/** Whether an alpha channel stands beside the picture (RFC 9559, `AlphaMode`). */
export function hasAlphaBeside ({ metadata }: LibavStream): boolean {
  return Object.entries(metadata?.getAll() ?? {}).some(([name, value]) => name.toLowerCase() === 'alpha_mode' && value === '1')
}
