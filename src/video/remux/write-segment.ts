import { open } from 'node:fs/promises'
import { scratchFullError } from '../../limits/scratch.ts'
import { layOutSegment } from './segment-layout.ts'
import type { PacketRange, TrackInfo } from '../media/track.ts'

/** A segment on disk. */
export interface WrittenSegment {
  readonly path: string
  /** Presentation time of the target in the segment, for `select='eq(pts,N)'`. */
  readonly targetPts: number
  /** Presentation times in the segment, which are ordinal numbers, by those in the source. */
  readonly segmentTimes: ReadonlyMap<number, number>
  readonly size: number
}

/**
 * Writes the segment of a packet range: a small MP4 of our own, so that ffmpeg never opens an untrusted container.
 *
 * @param path must not exist yet
 * @throws RangedExtractionError as `layOutSegment`; PosterframeError `scratch_full`
 */
export async function writeSegment (path: string, info: TrackInfo, run: PacketRange): Promise<WrittenSegment> {
  const { parts, size, targetPts, segmentTimes } = layOutSegment(info, run)
  try {
    await writeParts(path, parts, size)
  } catch (error) {
    throw scratchFullError(error) ?? error
  }
  return { path, targetPts, segmentTimes, size }
}

async function writeParts (path: string, parts: readonly Buffer[], bytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    const { bytesWritten } = await file.writev(parts)
    // A nearly full disk writes a part without an error.
    if (bytesWritten !== bytes) {
      throw Object.assign(new Error(`only ${bytesWritten} of ${bytes} bytes were written`), { code: 'ENOSPC' })
    }
  } finally {
    await file.close()
  }
}
