import { resolutionLimitError } from '../decode/decode-limits.ts'
import type { IndexCache, KnownVideo } from './index-cache.ts'
import type { OpenIndex } from '../demux/open-index.ts'
import type { FrameSource } from './extract-frame.ts'

/** Opens and caches indexes. */
export interface IndexSettings {
  readonly indexes: IndexCache
  readonly openIndex: OpenIndex
  readonly maxPixels: number
}

/**
 * Returns the index of a video: the cached one, else a newly opened one, which it caches.
 *
 * @throws errors of `OpenIndex`
 */
export async function openKnownVideo (source: FrameSource, { indexes, openIndex }: IndexSettings): Promise<KnownVideo> {
  const known = indexes.get(source.name)
  if (known !== undefined) return known
  const video = { index: await openIndex(source.reader), frameInfo: undefined }
  indexes.set(source.name, video)
  return video
}

/**
 * Opens the index like `openKnownVideo`, of a video to decode.
 *
 * @throws PosterframeError `video_limits_exceeded`, and errors of `openKnownVideo`
 */
export async function openDecodableVideo (source: FrameSource, settings: IndexSettings): Promise<KnownVideo> {
  const video = await openKnownVideo(source, settings)
  const { width, height } = video.index.info
  if (width * height > settings.maxPixels) throw resolutionLimitError(settings.maxPixels, { width, height })
  return video
}
