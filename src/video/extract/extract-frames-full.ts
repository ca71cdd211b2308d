import { openDownloadedVideo, type FullDownloadSettings } from './full-download.ts'
import { extractFromFile } from './extract-full.ts'
import { frameErrorOf, type ExtractFrames } from './extract-frames.ts'

/** Extracts several frames by full download: downloads and lists the video once, and decodes each frame separately. */
export function createExtractFramesFull (settings: FullDownloadSettings): ExtractFrames {
  return async (source, requests, context, deliver) => {
    const video = await context.inSlot(() => openDownloadedVideo(source, settings, context))
    for (const [place, request] of requests.entries()) {
      const outcome = await context.steps
        .measure('decode', () => context.inSlot(() => extractFromFile(video, request, settings, context)))
        .catch((error: unknown) => frameErrorOf(error, context))
      await deliver(place, outcome)
    }
  }
}
