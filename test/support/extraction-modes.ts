import type { Test } from 'tap'
import { NO_ISOLATION } from '../../src/sandbox/isolation.ts'
import { parseTimestamp } from '../../src/options/timestamp.ts'
import { createFfmpeg } from '../../src/video/decode/ffmpeg/ffmpeg.ts'
import { createLibav } from '../../src/video/decode/libav/libav.ts'
import { openIndex } from '../../src/video/demux/open-index.ts'
import { createDescribeVideo, type VideoDescription } from '../../src/video/extract/describe-video.ts'
import { createExtractFull } from '../../src/video/extract/extract-full.ts'
import { createExtractRanged } from '../../src/video/extract/extract-ranged.ts'
import type { FrameRequest } from '../../src/video/extract/extract-frame.ts'
import { openDownloadedVideo } from '../../src/video/extract/full-download.ts'
import { createIndexCache } from '../../src/video/extract/index-cache.ts'
import type { ExtractedFrame } from '../../src/video/media/frame.ts'
import { makeExtractContext, makeFrameSource, ORIGINAL_SIZE } from './frame-source.ts'
import { makeTestPool, NO_LIBAV } from './test-decoder.ts'
import { findTestFfmpeg } from './videos.ts'

/** Ranged extraction, the full download and the description of videos, by one decoder. */
export interface ExtractionModes {
  /** Name of the decoder. */
  readonly name: 'ffmpeg' | 'libav'
  readonly ranged: (t: Test, path: string, request?: Partial<FrameRequest>) => Promise<ExtractedFrame>
  readonly full: (t: Test, path: string, request?: Partial<FrameRequest>) => Promise<ExtractedFrame>
  readonly describe: (t: Test, path: string) => Promise<VideoDescription>
}

/** Creates the modes of the ffmpeg program, and those of libav if it is installed. */
export async function makeExtractionModes (): Promise<ExtractionModes[]> {
  const program = createFfmpeg({ path: await findTestFfmpeg(), missing: new Set(), isolation: NO_ISOLATION })
  const decoders = [
    { name: 'ffmpeg', decoder: program } as const,
    ...(NO_LIBAV === false ? [{ name: 'libav', decoder: createLibav(makeTestPool(), new Set()) } as const] : [])
  ]
  return decoders.map(({ name, decoder }) => {
    const openModes = () => {
      const settings = {
        decoder,
        countThreads: () => 1,
        maxPixels: 36e6,
        indexes: createIndexCache({ maxBytes: 1e6 }),
        openIndex
      }
      return {
        ranged: createExtractRanged(settings),
        full: createExtractFull(settings),
        describe: createDescribeVideo(settings, (source, context) => openDownloadedVideo(source, settings, context))
      }
    }
    // New modes, and so a new cache of indexes, for each call: no result may depend on the one before.
    const extract = (mode: 'ranged' | 'full') =>
      async (t: Test, path: string, request: Partial<FrameRequest> = {}) =>
        await openModes()[mode](
          makeFrameSource(path),
          { timestamp: parseTimestamp('first'), ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error', ...request },
          makeExtractContext(t.testdir())
        )
    return {
      name,
      ranged: extract('ranged'),
      full: extract('full'),
      describe: (t: Test, path: string) => openModes().describe(makeFrameSource(path), makeExtractContext(t.testdir()))
    }
  })
}
