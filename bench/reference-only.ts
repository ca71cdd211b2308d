import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openFileSource } from '../src/video/source/file-byte-source.ts'
import { openMp4 } from '../src/video/demux/open-mp4.ts'
import { dropNonReferenceFrames } from '../src/video/bitstream/drop-non-reference.ts'
import { writeSegment } from '../src/video/remux/write-segment.ts'
import { runMeasured } from './support/process-cost.ts'
import { findMedian } from './support/statistics.ts'

/** One frame decoded from all packets that lead to it, and from those alone that another picture refers to. */
export interface ReferenceOnly {
  readonly input: string
  readonly packets: number
  readonly neededPackets: number
  /** Medians of ffmpeg's whole run. */
  readonly wholeMs: number
  readonly neededMs: number
  readonly isIdentical: boolean
}

const RUNS = 7

/** Compares both on a clip of the product's own making; the decoder has one thread, as on a machine that is busy. */
export async function compareReferenceOnly (
  input: string,
  file: string,
  { atSeconds, ffmpeg, scratch }: { readonly atSeconds: number, readonly ffmpeg: string, readonly scratch: string }
): Promise<ReferenceOnly> {
  const signal = AbortSignal.timeout(60_000)
  const source = await openFileSource(file, { etag: input, signal })
  const paths = {
    whole: join(scratch, 'whole.mp4'),
    needed: join(scratch, 'needed.mp4'),
    frame: join(scratch, 'frame.yuv')
  }
  try {
    const index = await openMp4(source)
    const whole = await index.readPacketRange(source, Math.round(atSeconds * 1e6), 'exact')
    const needed = dropNonReferenceFrames(index.info, whole)
    const clips = [
      await writeSegment(paths.whole, index.info, whole),
      await writeSegment(paths.needed, index.info, needed)
    ]
    const runs = clips.map(() => [] as number[])
    const hashes = new Set<string>()
    for (let round = 0; round < RUNS; round++) {
      for (const [order, { path, targetPts }] of clips.entries()) {
        const { ms } = await runMeasured(
          ffmpeg,
          [
            '-v',
            'error',
            '-nostdin',
            '-y',
            '-copyts',
            '-threads',
            '1',
            '-i',
            path,
            '-frames:v',
            '1',
            '-vf',
            `select='eq(pts,${targetPts})'`,
            '-fps_mode',
            'passthrough',
            '-f',
            'rawvideo',
            paths.frame
          ],
          { directory: scratch }
        )
        runs[order]?.push(ms)
        hashes.add(
          createHash('sha256')
            .update(await readFile(paths.frame))
            .digest('hex')
        )
      }
    }
    const [wholeMs = NaN, neededMs = NaN] = runs.map(findMedian)
    return {
      input,
      packets: whole.packets.length,
      neededPackets: needed.packets.length,
      wholeMs,
      neededMs,
      isIdentical: hashes.size === 1
    }
  } finally {
    await source.close()
    for (const path of Object.values(paths)) await rm(path, { force: true })
  }
}
