import { openMp4 } from './open-mp4.ts'
import { requireContainer } from './sniff.ts'
import { openMatroskaIndex } from './matroska/open-matroska-index.ts'
import type { VideoIndex } from './video-index.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { ByteReader } from '../source/byte-source.ts'

/** Opens the index of a video. */
export type OpenIndex = (source: ByteReader) => Promise<VideoIndex>

/**
 * Detects the container of a video and opens its index.
 *
 * @throws PosterframeError `unsupported_media`, and as the index; RangedExtractionError for a container without an
 * index
 */
export const openIndex: OpenIndex = async (source) => {
  const { name } = await requireContainer(source)
  if (name === 'mp4' || name === 'mov') return await openMp4(source, name)
  if (name === 'matroska' || name === 'webm') return await openMatroskaIndex(source, name)
  throw new RangedExtractionError(`ranged extraction does not support ${name}`)
}
