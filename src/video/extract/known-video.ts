import { resolutionLimitError } from '../decode/decode-limits.ts'
import type { IndexCache, KnownVideo } from './index-cache.ts'
import type { OpenIndex } from '../demux/open-index.ts'
import type { FrameSource } from './extract-frame.ts'

/** Where indexes come from, and where they are kept. */
export interface IndexSettings {
  readonly indexes: IndexCache
  readonly openIndex: OpenIndex
  readonly maxPixels: number
}

/**
 * The index of a video: the one that is kept of it, else opened and kept.
 *
 * @throws what `OpenIndex` throws
 */
export async function openKnownVideo (source: FrameSource, { indexes, openIndex }: IndexSettings): Promise<KnownVideo> {
  const known = indexes.get(source.name)
  if (known !== undefined) return known
  const video = { index: await openIndex(source.reader), frameInfo: undefined }
  indexes.set(source.name, video)
  return video
}

/**
 * Like `openKnownVideo`, for one that is to be decoded.
 *
 * @throws PosterframeError `video_limits_exceeded`, too
 */
export async function openDecodableVideo (source: FrameSource, settings: IndexSettings): Promise<KnownVideo> {
  const video = await openKnownVideo(source, settings)
  const { width, height } = video.index.info
  if (width * height > settings.maxPixels) throw resolutionLimitError(settings.maxPixels, { width, height })
  return video
}
