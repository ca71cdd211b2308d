/**
 * Returns the rotation of a display matrix (ISO/IEC 14496-12, section 6.2.2) in degrees clockwise, rounded to a quarter
 * turn; for one that also mirrors, the rotation that ffmpeg reports.
 */
export function readRotation (matrix: readonly number[]): 0 | 90 | 180 | 270 {
  const [a = 0, b = 0, , c = 0, d = 0] = matrix
  const [across, along] = [Math.hypot(a, c), Math.hypot(b, d)]
  if (across === 0 || along === 0) return 0
  const quarters = Math.round(Math.atan2(b / along, a / across) / (Math.PI / 2))
  return ([0, 90, 180, 270] as const)[(quarters + 4) % 4]!
}
