/**
 * How far a display matrix (ISO/IEC 14496-12, section 6.2.2) turns the coded picture: degrees clockwise, to the
 * nearest of 0, 90, 180 and 270; of one that also mirrors, the turn that ffmpeg names for it.
 */
export function readRotation (matrix: readonly number[]): 0 | 90 | 180 | 270 {
  const [a = 0, b = 0, , c = 0, d = 0] = matrix
  const [across, along] = [Math.hypot(a, c), Math.hypot(b, d)]
  if (across === 0 || along === 0) return 0
  const quarters = Math.round(Math.atan2(b / along, a / across) / (Math.PI / 2))
  return ([0, 90, 180, 270] as const)[(quarters + 4) % 4]!
}
