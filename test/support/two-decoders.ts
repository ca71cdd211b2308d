import sharp from 'sharp'
import type { Test } from 'tap'
import { parseTimestamp } from '../../src/options/timestamp.ts'
import { NO_ISOLATION } from '../../src/sandbox/isolation.ts'
import type { Decoder } from '../../src/video/decode/decoder.ts'
import { createFfmpeg } from '../../src/video/decode/ffmpeg/ffmpeg.ts'
import { createLibav } from '../../src/video/decode/libav/libav.ts'
import { openMp4 } from '../../src/video/demux/open-mp4.ts'
import { createExtractFull } from '../../src/video/extract/extract-full.ts'
import type { ExtractFrame, FrameRequest } from '../../src/video/extract/extract-frame.ts'
import { createExtractRanged } from '../../src/video/extract/extract-ranged.ts'
import { createIndexCache } from '../../src/video/extract/index-cache.ts'
import type { ExtractedFrame } from '../../src/video/media/frame.ts'
import { makeExtractContext, makeFrameSource, ORIGINAL_SIZE } from './frame-source.ts'
import { makeTestPool, NO_LIBAV } from './test-decoder.ts'
import { findTestFfmpeg, readBarcode } from './videos.ts'

/** A decoder to test, and the reason to skip its tests. */
export interface NamedDecoder {
  readonly name: string
  readonly decoder: Decoder
  readonly skip: string | false
}

/** Returns the program and libav. */
export async function makeTwoDecoders (): Promise<NamedDecoder[]> {
  const program = createFfmpeg({ path: await findTestFfmpeg(), missing: new Set(), isolation: NO_ISOLATION })
  return [
    { name: 'program', decoder: program, skip: false },
    { name: 'libav', decoder: createLibav(makeTestPool(), new Set()), skip: NO_LIBAV }
  ]
}

const settingsOf = (decoder: Decoder) => ({ decoder, countThreads: () => 1, maxPixels: 36e6 })

/** Extraction by full download. */
export const extractFullWith = (decoder: Decoder): ExtractFrame => createExtractFull(settingsOf(decoder))

/** Ranged extraction from MP4. */
export const extractRangedWith = (decoder: Decoder): ExtractFrame =>
  createExtractRanged({
    ...settingsOf(decoder),
    indexes: createIndexCache({ maxBytes: 1e6 }),
    openIndex: openMp4
  })

/** Extracts a frame of a file in its display size. */
export async function extractFrom (
  t: Test,
  path: string,
  timestamp: string,
  extract: ExtractFrame,
  request: Partial<FrameRequest> = {}
): Promise<ExtractedFrame> {
  return await extract(
    makeFrameSource(path),
    { timestamp: parseTimestamp(timestamp), ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error', ...request },
    makeExtractContext(t.testdir())
  )
}

/** Reads the bar code of a frame. */
export async function readFrameNumber ({
  picture: { data, width, height, channels }
}: ExtractedFrame): Promise<number> {
  const grey = await sharp(data, { raw: { width, height, channels } }).greyscale().raw().toBuffer()
  return readBarcode(grey, width, height)
}
