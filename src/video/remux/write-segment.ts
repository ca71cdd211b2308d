import { open } from 'node:fs/promises'
import { scratchFullError } from '../../limits/scratch.ts'
import { layOutSegment } from './segment-layout.ts'
import type { PacketRange, TrackInfo } from '../media/track.ts'

/** A remuxed segment on scratch. */
export interface WrittenSegment {
  readonly path: string
  /** Presentation time of the target in the segment, for `select='eq(pts,N)'`. */
  readonly targetPts: number
  /** Presentation times in the segment by those in the packet range. They state an order, not times. */
  readonly segmentTimes: ReadonlyMap<number, number>
  /** In bytes. */
  readonly size: number
}

/**
 * Writes the remuxed segment of a packet range: a tiny MP4 made by Posterframe, so that the decoder never opens a
 * container from outside.
 *
 * @param path must not exist yet
 * @throws RangedExtractionError as `layOutSegment`; PosterframeError `scratch_full`
 */
export async function writeSegment (path: string, info: TrackInfo, range: PacketRange): Promise<WrittenSegment> {
  const { parts, size, targetPts, segmentTimes } = layOutSegment(info, range)
  try {
    await writeParts(path, parts, size)
  } catch (error) {
    throw scratchFullError(error) ?? error
  }
  return { path, targetPts, segmentTimes, size }
}

async function writeParts (path: string, parts: readonly Buffer[], size: number): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    const { bytesWritten } = await file.writev(parts)
    // A disk that is nearly full accepts a part of the bytes without an error.
    if (bytesWritten !== size) {
      throw Object.assign(new Error(`only ${bytesWritten} of ${size} bytes were written`), { code: 'ENOSPC' })
    }
  } finally {
    await file.close()
  }
}
