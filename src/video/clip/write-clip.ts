import { open } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'
import type { PacketRun, TrackFacts } from '../video-index.ts'
import { planClip } from './plan-clip.ts'

/** What was written. */
export interface WrittenClip {
  readonly path: string
  /** The target's presentation time in the clip, which `select='eq(pts,N)'` takes it by. */
  readonly targetPts: number
  /** The presentation time in the clip of each presentation time in the run. They are places in an order, not moments. */
  readonly clipTimes: ReadonlyMap<number, number>
  readonly bytes: number
}

/**
 * Writes the clip of a run: a tiny MP4 of our own making, so that ffmpeg opens no container that a stranger wrote.
 *
 * @param path must not exist yet
 * @throws NotPlainError as `planClip`; PosterframeError `scratch_full`
 */
export async function writeClip (path: string, facts: TrackFacts, run: PacketRun): Promise<WrittenClip> {
  const { parts, bytes, targetPts, clipTimes } = planClip(facts, run)
  try {
    await writeParts(path, parts, bytes)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new PosterframeError('scratch_full', { retryAfterSeconds: 30, cause: error })
    throw error
  }
  return { path, targetPts, clipTimes, bytes }
}

async function writeParts (path: string, parts: readonly Buffer[], bytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    const { bytesWritten } = await file.writev(parts)
    // A disk that is nearly full takes a part and no error.
    if (bytesWritten !== bytes) throw Object.assign(new Error(`only ${bytesWritten} of ${bytes} bytes were written`), { code: 'ENOSPC' })
  } finally {
    await file.close()
  }
}
