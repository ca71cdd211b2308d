import type { VideoCodec } from '../../media/track.ts'

const VP8_SHOW_FRAME = 16
const VP9_SUPERFRAME = 0xc0
const VP9_SHOW_EXISTING = 4
const VP9_SHOW_FRAME = 1

/**
 * Returns whether a packet shows a picture of its own. One of VP8, or one of VP9 that is no superframe, may only be
 * for others to lean on (RFC 6386, section 9.1; VP9 bitstream specification, section 6.2 and annex B).
 */
export function isShownFrame (codec: VideoCodec, data: Uint8Array): boolean {
  const first = data[0] ?? 0
  if (codec === 'vp8') return (first & VP8_SHOW_FRAME) !== 0
  if (codec !== 'vp9' || ((data.at(-1) ?? 0) & 0xe0) === VP9_SUPERFRAME) return true
  // Behind the marker and the profile, whose third value takes a bit more: show_existing_frame, frame_type, show_frame.
  const isProfile3 = ((first >> 4) & 3) === 3
  const bits = ((first << 8) | (data[1] ?? 0)) >> (isProfile3 ? 8 : 9)
  return (bits & (VP9_SHOW_EXISTING | VP9_SHOW_FRAME)) !== 0
}
