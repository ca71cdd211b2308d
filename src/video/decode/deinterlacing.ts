import type { FrameInfo } from './frame-info.ts'

/**
 * The filters that make one whole picture of the first field of an interlaced frame: in space alone (edge slope
 * tracing), since a frame that stands alone has no neighbours in time. Without `estdif` (ffmpeg before 4.4) the
 * field's lines are enlarged. Fields are rows of the coded frame; a frame that was turned is laid back for it.
 *
 * @param upright the frame as it stands, turned already
 * @param missing filters that the ffmpeg at hand lacks
 */
export function deinterlaceFilter ({ interlacing, rotation }: FrameInfo, missing: ReadonlySet<string>): string[] {
  if (interlacing === 'progressive') return []
  // Turned so, what was the top row is the bottom one, and a frame has an even number of them.
  const isTurnedOver = rotation === 90 || rotation === 180
  const isTopFirst = (interlacing === 'top-first') !== isTurnedOver
  const filter = missing.has('estdif')
    ? `field=type=${isTopFirst ? 'top' : 'bottom'}`
    : `estdif=mode=frame:parity=${isTopFirst ? 'tff' : 'bff'}`
  const isOnItsSide = rotation === 90 || rotation === 270
  return isOnItsSide ? ['transpose=cclock_flip', filter, 'transpose=cclock_flip'] : [filter]
}
