import type { FrameInfo } from '../decode/frame-info.ts'
import type { VideoIndex } from '../demux/video-index.ts'

/** An index that is kept, and what a decoded frame of the video turned out to be. */
export interface KnownVideo {
  readonly index: VideoIndex
  /** Facts of a frame that was decoded: colour is foretold by them better than by the container. */
  frameInfo: FrameInfo | undefined
}

/** Indexes of videos that were asked for lately, by a name that holds the version of the video. */
export interface IndexCache {
  get(name: string): KnownVideo | undefined
  set(name: string, video: KnownVideo): void
}

/** A cache that drops what was used longest ago once its indexes take more than `maxBytes`. */
export function createIndexCache ({ maxBytes }: { readonly maxBytes: number }): IndexCache {
  const kept = new Map<string, KnownVideo>()

  function shrink (): void {
    // An index grows as it is used, so that the sum is taken anew each time; there are few.
    let bytes = 0
    for (const { index } of kept.values()) bytes += index.memoryBytes
    for (const [name, { index }] of kept) {
      if (bytes <= maxBytes) return
      kept.delete(name)
      bytes -= index.memoryBytes
    }
  }

  return {
    get (name) {
      const video = kept.get(name)
      if (video === undefined) return undefined
      // A map remembers the order of insertion: the one used last goes to its end.
      kept.delete(name)
      kept.set(name, video)
      return video
    },
    set (name, video) {
      kept.delete(name)
      kept.set(name, video)
      shrink()
    }
  }
}
