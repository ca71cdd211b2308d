import { openBmffIndex } from './bmff/bmff-index.ts'
import { HEAD_BYTES, requireContainer } from './container.ts'
import { openForeignIndex } from './foreign/foreign-index.ts'
import type { ForeignWorkers } from './foreign/foreign-workers.ts'
import { NotPlainError, type ByteReader, type VideoIndex } from './video-index.ts'

/** Opens the index of a video. */
export type OpenIndex = (source: ByteReader) => Promise<VideoIndex>

/**
 * Opens the index that fits the container, as its first bytes tell it.
 *
 * @throws PosterframeError `unsupported_media`, and what the index throws; NotPlainError for a container without one
 */
export function createOpenIndex ({ workers }: { readonly workers: ForeignWorkers }): OpenIndex {
  return async (source) => {
    const { name } = requireContainer(await source.read(0, Math.min(HEAD_BYTES, source.bytes)))
    switch (name) {
      case 'mp4':
      case 'mov':
        return await openBmffIndex(source)
      case 'matroska':
      case 'webm':
        return await openForeignIndex(source, name, { workers })
      case 'avi':
      case 'flv':
      case 'asf':
      case 'mpegps':
      case 'mpegts':
      case 'ogg':
        throw new NotPlainError(`there is no index for ${name}`)
    }
  }
}
