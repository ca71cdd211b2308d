import { averageGap } from '../demux/index-summary.ts'
import type { FrameInfo } from '../decode/frame-info.ts'
import type { Packet } from '../media/time.ts'

/** Decoded frames that show how far frames are apart. */
export const FIELD_PROBE_FRAMES = 8
/** Codecs whose frames may be coded as two fields, which parsers put into two packets. */
export const FIELD_CODECS: ReadonlySet<string> = new Set(['h264', 'hevc', 'mpeg2video', 'vc1'])
/** A second field comes half a frame after the first one. */
const MAX_FIELD_GAP = 0.75

/**
 * Returns packets without those of second fields: each field of an interlaced frame may be a packet of its own, but the
 * decoder returns the frame at the time of the first one.
 *
 * @param packets in decode order
 * @param decoded the first decoded frames
 */
export function withoutSecondFields (packets: readonly Packet[], decoded: readonly FrameInfo[]): readonly Packet[] {
  const times = decoded.map(({ pts }) => pts).sort((a, b) => a - b)
  const frameTicks = averageGap(times.slice(1).map((pts, place) => ({ count: 1, ticks: pts - times[place]! })))
  if (Number.isNaN(frameTicks)) return packets
  let isSecond = false
  return packets.filter(({ pts }, place) => {
    const gap = pts - (packets[place - 1]?.pts ?? NaN)
    isSecond = !isSecond && gap > 0 && gap < MAX_FIELD_GAP * frameTicks
    return !isSecond
  })
}
