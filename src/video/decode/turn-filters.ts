/**
 * Returns the filters that rotate and mirror a frame by a display matrix (ISO/IEC 14496-12, section 6.2.2): those that
 * ffmpeg's command line inserts before all others.
 *
 * @param matrix 9 fixed-point integers, of which only the first two rows count
 */
export function turnFilters (matrix: readonly number[]): string[] {
  const [a = 0, , , c = 0, d = 0] = matrix
  const turned = Math.round(readClockwiseDegrees(matrix) ?? 0)
  const clockwise = turned - 360 * Math.floor(turned / 360 + 0.9 / 360)
  if (Math.abs(clockwise - 90) < 1) return [`transpose=${c > 0 ? 'cclock_flip' : 'clock'}`]
  if (Math.abs(clockwise - 180) < 1) return [...(a < 0 ? ['hflip'] : []), ...(d < 0 ? ['vflip'] : [])]
  if (Math.abs(clockwise - 270) < 1) return [`transpose=${c < 0 ? 'clock_flip' : 'cclock'}`]
  if (Math.abs(clockwise) > 1) return [`rotate=${clockwise}*PI/180`]
  return d < 0 ? ['vflip'] : []
}

/** Returns the rotation of a display matrix in degrees clockwise, -180 to 180; undefined if it has none. */
export function readClockwiseDegrees (matrix: readonly number[]): number | undefined {
  const [a = 0, b = 0, , c = 0, d = 0] = matrix
  const [across, down] = [Math.hypot(a, c), Math.hypot(b, d)]
  return across === 0 || down === 0 ? undefined : (Math.atan2(b / down, a / across) * 180) / Math.PI
}

const FIXED_ONE = 0x10000

/** Returns the display matrix of a rotation by quarter turns. */
export function makeTurnMatrix (clockwiseDegrees: number): readonly number[] {
  const angle = (clockwiseDegrees * Math.PI) / 180
  const [cosine, sine] = [Math.round(Math.cos(angle)) * FIXED_ONE, Math.round(Math.sin(angle)) * FIXED_ONE]
  return [cosine, sine, 0, 0 - sine, cosine, 0, 0, 0, 0x40000000]
}
