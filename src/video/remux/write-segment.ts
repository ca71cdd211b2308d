import { open } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'
import { layOutSegment } from './segment-layout.ts'
import type { PacketRange, TrackInfo } from '../media/track.ts'

/** What was written. */
export interface WrittenSegment {
  readonly path: string
  /** The target's presentation time in the clip, which `select='eq(pts,N)'` takes it by. */
  readonly targetPts: number
  /**
   * The presentation time in the clip of each presentation time in the run. They are places in an order, not moments.
   */
  readonly segmentTimes: ReadonlyMap<number, number>
  readonly size: number
}

/**
 * Writes the clip of a run: a tiny MP4 of our own making, so that ffmpeg opens no container that a stranger wrote.
 *
 * @param path must not exist yet
 * @throws RangedExtractionError as `layOutSegment`; PosterframeError `scratch_full`
 */
export async function writeSegment (path: string, info: TrackInfo, run: PacketRange): Promise<WrittenSegment> {
  const { parts, size, targetPts, segmentTimes } = layOutSegment(info, run)
  try {
    await writeParts(path, parts, size)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new PosterframeError('scratch_full', { retryAfterSeconds: 30, cause: error })
    }
    throw error
  }
  return { path, targetPts, segmentTimes, size }
}

async function writeParts (path: string, parts: readonly Buffer[], bytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    const { bytesWritten } = await file.writev(parts)
    // A disk that is nearly full takes a part and no error.
    if (bytesWritten !== bytes) {
      throw Object.assign(new Error(`only ${bytesWritten} of ${bytes} bytes were written`), { code: 'ENOSPC' })
    }
  } finally {
    await file.close()
  }
}
