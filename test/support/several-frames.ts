// The use cases over a store in memory and the decoder that the tests have, which counts its runs.
import { readFile } from 'node:fs/promises'
import type { Test } from 'tap'
import { createScratch } from '../../src/limits/scratch.ts'
import { createSlots } from '../../src/limits/slots.ts'
import { createDescribeSource } from '../../src/thumbnails/describe-source.ts'
import { createMakeBatch } from '../../src/thumbnails/make-batch.ts'
import { createMakeStoryboard } from '../../src/thumbnails/make-storyboard.ts'
import { createMakeThumbnail } from '../../src/thumbnails/make-thumbnail.ts'
import { createClipFrames } from '../../src/video/clip-frames.ts'
import { createClipWay } from '../../src/video/clip-way.ts'
import { createDescribeVideo } from '../../src/video/describe-video.ts'
import type { Ffmpeg } from '../../src/video/ffmpeg.ts'
import { createForeignWorkers } from '../../src/video/foreign/foreign-workers.ts'
import { createGeneralFrames } from '../../src/video/general-frames.ts'
import { openGeneralVideo } from '../../src/video/general-video.ts'
import { createGeneralWay } from '../../src/video/general-way.ts'
import { encodeImage } from '../../src/video/image.ts'
import { createIndexCache } from '../../src/video/index-cache.ts'
import { createOpenIndex } from '../../src/video/open-index.ts'
import { createSheets } from '../../src/video/sprite-sheet.ts'
import { createTakeFrames } from '../../src/video/take-frames.ts'
import { createTwoWays } from '../../src/video/two-ways.ts'
import { MemoryStore } from './memory-store.ts'

/** Everything between the store and the HTTP layer; `runs` counts what decoded and what listed. */
export async function buildUseCases (t: Test, decoder: Ffmpeg) {
  const runs = { decode: 0, list: 0 }
  const ffmpeg: Ffmpeg = {
    ...decoder,
    list: (...args) => { runs.list++; return decoder.list(...args) },
    decode: (...args) => { runs.decode++; return decoder.decode(...args) },
    decodeBranches: (...args) => { runs.decode++; return decoder.decodeBranches(...args) }
  }
  const workers = createForeignWorkers()
  t.teardown(() => workers.close())
  const store = new MemoryStore()
  const decoding = { ffmpeg, countThreads: () => 1, maxPixels: 36e6 }
  const indexing = { ...decoding, openIndex: createOpenIndex({ workers }), indexes: createIndexCache({ maxBytes: 1e6 }) }
  const clipWay = createClipWay(indexing)
  const takeFrames = createTakeFrames({ clipWay, together: createClipFrames(indexing), generalWay: createGeneralFrames(decoding) })
  const describeVideo = createDescribeVideo(indexing, (source, context) => openGeneralVideo(source, decoding, context))
  const scratchRoot = t.testdir()
  const sources = {
    store,
    scratch: await createScratch({ root: scratchRoot, reserveBytes: 0 }),
    admission: createSlots({ slots: 2, queue: 8 }),
    // One: whoever waits for a slot while it has one would wait for ever.
    slots: createSlots({ slots: 1, queue: 8 }),
    outputBucket: 'out',
    outputPrefix: 'thumbnails/',
    sourceBuckets: ['videos'],
    maxSourceBytes: 1e9
  }
  return {
    store,
    runs,
    scratchRoot,
    makeThumbnail: createMakeThumbnail({ ...sources, takeFrame: createTwoWays({ clipWay, generalWay: createGeneralWay(decoding) }), encodeImage }),
    makeBatch: createMakeBatch({ ...sources, takeFrames, encodeImage }),
    makeStoryboard: createMakeStoryboard({ ...sources, describeVideo, takeFrames, createSheets }),
    describeSource: createDescribeSource({ ...sources, describeVideo }),
    async putVideo (path: string, key: string) {
      await store.put({ bucket: 'videos', key }, await readFile(path), { contentType: 'video/mp4', metadata: {} })
      return { kind: 'stored', bucket: 'videos', key } as const
    }
  }
}
