import { LRUCache } from 'lru-cache'
import type { FrameInfo } from '../decode/frame-info.ts'
import type { VideoIndex } from '../demux/video-index.ts'

/** A cached index, and the properties of a frame that was decoded by it. */
export interface KnownVideo {
  readonly index: VideoIndex
  /**
   * A frame that was decoded, undefined before the first one. It predicts the colours of other frames of the video
   * better than the container does.
   */
  frameInfo: FrameInfo | undefined
}

/** The indexes of recently requested videos, by a name that includes the version of the video. */
export interface IndexCache {
  get(name: string): KnownVideo | undefined
  set(name: string, video: KnownVideo): void
}

/** Creates a cache that evicts the least recently used indexes once all of them take more than `maxBytes`. */
export function createIndexCache ({ maxBytes }: { readonly maxBytes: number }): IndexCache {
  const cache = new LRUCache<string, KnownVideo>({
    maxSize: maxBytes,
    sizeCalculation: ({ index }) => index.memoryBytes
  })

  /** The cache takes an entry's size when it is set, but an index grows as it is read. There are few of them. */
  function updateSizes (): void {
    const leastRecentFirst = cache.dump()
    cache.clear()
    for (const [name, { value }] of leastRecentFirst) cache.set(name, value)
  }

  return {
    get: (name) => cache.get(name),
    set (name, video) {
      updateSizes()
      cache.set(name, video)
    }
  }
}
