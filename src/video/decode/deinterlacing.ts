import type { FrameInfo } from './frame-info.ts'

/**
 * Returns the filters that make a full picture of the first field of an interlaced frame: spatially (edge slope
 * tracing), because a single frame has no temporal neighbours. Without `estdif` (ffmpeg before 4.4) the lines of the
 * field are enlarged. Fields are rows of the coded frame, so a rotated frame is rotated back for it.
 *
 * @param upright properties of the frame after rotation
 * @param missing filters that this ffmpeg lacks
 */
export function deinterlaceFilter ({ interlacing, rotation }: FrameInfo, missing: ReadonlySet<string>): string[] {
  if (interlacing === 'progressive') return []
  // This rotation exchanges top and bottom rows, and a frame has an even number of them.
  const isTurnedOver = rotation === 90 || rotation === 180
  const isTopFirst = (interlacing === 'top-first') !== isTurnedOver
  const filter = missing.has('estdif')
    ? `field=type=${isTopFirst ? 'top' : 'bottom'}`
    : `estdif=mode=frame:parity=${isTopFirst ? 'tff' : 'bff'}`
  const isOnItsSide = rotation === 90 || rotation === 270
  return isOnItsSide ? ['transpose=cclock_flip', filter, 'transpose=cclock_flip'] : [filter]
}
