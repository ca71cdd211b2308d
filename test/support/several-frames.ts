// The use cases with a store in memory, and with the decoder of the tests.
import { readFile } from 'node:fs/promises'
import type { Test } from 'tap'
import { createScratch } from '../../src/limits/scratch.ts'
import { createSemaphore } from '../../src/limits/semaphore.ts'
import { createDescribeSource } from '../../src/thumbnails/use-cases/describe-source.ts'
import { createMakeBatch } from '../../src/thumbnails/use-cases/make-batch.ts'
import { createMakeStoryboard } from '../../src/thumbnails/use-cases/make-storyboard.ts'
import { createMakeThumbnail } from '../../src/thumbnails/use-cases/make-thumbnail.ts'
import { createExtractFramesRanged } from '../../src/video/extract/extract-frames-ranged.ts'
import { createExtractRanged } from '../../src/video/extract/extract-ranged.ts'
import { createDescribeVideo } from '../../src/video/extract/describe-video.ts'
import { createExtractFramesFull } from '../../src/video/extract/extract-frames-full.ts'
import { openDownloadedVideo } from '../../src/video/extract/full-download.ts'
import { createExtractFull } from '../../src/video/extract/extract-full.ts'
import { encodeImage } from '../../src/video/image/encode-image.ts'
import { createIndexCache } from '../../src/video/extract/index-cache.ts'
import { openIndex } from '../../src/video/demux/open-index.ts'
import { createSheets } from '../../src/video/image/sprite-sheet.ts'
import { createExtractFrames } from '../../src/video/extract/extract-frames.ts'
import { createExtractWithFallback } from '../../src/video/extract/extract-with-fallback.ts'
import { MemoryStore } from './memory-store.ts'
import type { Decoder } from '../../src/video/decode/decoder.ts'

/** Builds everything between the store and the HTTP layer; `runs` counts the runs of the decoder. */
export async function buildUseCases (t: Test, decoder: Decoder) {
  const runs = { decode: 0, list: 0 }
  const countedDecoder: Decoder = {
    ...decoder,
    list: (...args) => {
      runs.list++
      return decoder.list(...args)
    },
    decode: (...args) => {
      runs.decode++
      return decoder.decode(...args)
    },
    decodeBranches: (...args) => {
      runs.decode++
      return decoder.decodeBranches(...args)
    }
  }
  const store = new MemoryStore()
  const decoding = { decoder: countedDecoder, countThreads: () => 1, maxPixels: 36e6 }
  const indexing = {
    ...decoding,
    openIndex,
    indexes: createIndexCache({ maxBytes: 1e6 })
  }
  const extractRanged = createExtractRanged(indexing)
  const extractFrames = createExtractFrames({
    extractRanged,
    together: createExtractFramesRanged(indexing),
    extractFull: createExtractFramesFull(decoding)
  })
  const describeVideo = createDescribeVideo(indexing, (source, context) =>
    openDownloadedVideo(source, decoding, context)
  )
  const scratchRoot = t.testdir()
  const sources = {
    store,
    scratch: await createScratch({ root: scratchRoot, reserveBytes: 0 }),
    admission: createSemaphore({ slots: 2, queue: 8 }),
    // One slot, so that a task that waits for a slot while it holds one never ends.
    slots: createSemaphore({ slots: 1, queue: 8 }),
    outputBucket: 'out',
    outputPrefix: 'thumbnails/',
    sourceBuckets: ['videos'],
    maxSourceBytes: 1e9
  }
  return {
    store,
    runs,
    scratchRoot,
    makeThumbnail: createMakeThumbnail({
      ...sources,
      extractFrame: createExtractWithFallback({ extractRanged, extractFull: createExtractFull(decoding) }),
      encodeImage
    }),
    makeBatch: createMakeBatch({ ...sources, extractFrames, encodeImage }),
    makeStoryboard: createMakeStoryboard({ ...sources, describeVideo, extractFrames, createSheets }),
    describeSource: createDescribeSource({ ...sources, describeVideo }),
    async putVideo (path: string, key: string) {
      await store.put({ bucket: 'videos', key }, await readFile(path), { contentType: 'video/mp4', metadata: {} })
      return { kind: 'stored', bucket: 'videos', key } as const
    }
  }
}
